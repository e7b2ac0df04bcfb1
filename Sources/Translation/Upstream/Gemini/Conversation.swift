import APIErrors
import JSON

/// Orders a conversation the way the upstream wants it: roles alternate, the first and the last content are the user's, each
/// model content with calls is followed by exactly their results, and nothing is empty.
///
/// Deterministic, and monotone: one more exchange leaves the contents before it as they were, byte for byte.
struct Conversation {
    static let opening: JSONString = "Continue."
    static let prefillContinuation: JSONString = "Continue from the end of your last message without repeating it."
    static let interrupted = "Tool call was interrupted; no result is available."

    private let rules: SignatureRules
    private let keepsThoughts: Bool
    private let runsCode: Bool
    private let keepsDroppedThinking: Bool
    private var contents: [Content] = []
    private var identifiers: CallIdentifiers

    private var model: TargetModel { rules.model }

    /// - Parameters:
    ///   - thinks: whether the request thinks; without it Claude gets no thoughts back.
    ///   - runsCode: whether the request offers code execution; without it code parts are sent as text.
    ///   - keepsDroppedThinking: whether thoughts that cannot be sent as such are sent as text.
    static func contents(
        of turns: [Turn], rules: SignatureRules, thinks: Bool, runsCode: Bool = false,
        keepsDroppedThinking: Bool = false
    ) -> [Content] {
        var conversation = Conversation(
            rules: rules, keepsThoughts: !rules.model.isClaude || thinks, runsCode: runsCode,
            keepsDroppedThinking: keepsDroppedThinking)
        conversation.build(turns)
        return conversation.contents
    }

    private init(rules: SignatureRules, keepsThoughts: Bool, runsCode: Bool, keepsDroppedThinking: Bool) {
        self.rules = rules
        self.keepsThoughts = keepsThoughts
        self.runsCode = runsCode
        self.keepsDroppedThinking = keepsDroppedThinking
        identifiers = CallIdentifiers(isStrict: rules.model.isClaude)
    }

    /// Whether Claude would refuse to think over this history: its last calls have lost the thought in front of them.
    static func forbidsThinking(_ contents: [Content]) -> Bool {
        guard contents.count >= 2, let last = contents.last, last.holdsResponse else { return false }
        return !contents[contents.count - 2].holdsThought
    }

    private mutating func build(_ turns: [Turn]) {
        let segments = merged(turns)
        for (index, segment) in segments.enumerated() {
            switch segment.role {
            case .assistant: addModel(segment.parts, isLast: index == segments.count - 1)
            case .user: addUser(segment.parts)
            }
        }
        closeCalls()
        guard let first = contents.first, let last = contents.last else { return }
        if last.isModel {
            contents.append(Content(isModel: false, parts: [.text(Self.prefillContinuation, signature: nil)]))
        }
        if first.isModel {
            contents.insert(Content(isModel: false, parts: [.text(Self.opening, signature: nil)]), at: 0)
        }
    }

    /// Neighbours of one role together, without parts that say nothing and turns that are left empty.
    private func merged(_ turns: [Turn]) -> [Turn] {
        var merged: [Turn] = []
        for turn in turns {
            let parts = turn.parts.flatMap { sendable($0, role: turn.role) }
            guard !parts.isEmpty else { continue }
            if merged.last?.role == turn.role {
                merged[merged.count - 1].parts += parts
            } else {
                merged.append(Turn(role: turn.role, parts: parts))
            }
        }
        return merged
    }

    /// What of a part is sent, with its signature settled.
    private func sendable(_ part: Turn.Part, role: Turn.Role) -> [Turn.Part] {
        switch part {
        case .text(let text, let own):
            let signature = role == .assistant ? rules.signature(ofText: text, own: own) : nil
            if text.isEmpty { return signature == nil ? [] : [.text(text, signature: signature)] }
            if model.isClaude, ClaudeText.saysNothing(text) { return [] }
            guard role == .assistant else { return [.text(text)] }
            return InlineImages.split(text, signature: signature, keepsImages: !model.isClaude)
        case .thinking(let thinking):
            guard keepsThoughts, role == .assistant, let signature = rules.signature(of: thinking) else {
                return role == .assistant ? substitute(for: thinking).map { [.text($0)] } ?? [] : []
            }
            if model.isClaude, thinking.text.isEmpty { return [] }
            return [.thinking(Thinking(text: thinking.text, signature: signature))]
        case .native(var native):
            guard !model.isClaude, native.kind != .code || runsCode else {
                return native.substitute.flatMap { sendable($0, role: role) }
            }
            native.signature = role == .assistant ? native.signature.flatMap(rules.signature(ofNative:)) : nil
            return [.native(native)]
        case .media, .toolCall, .toolResult: return [part]
        }
    }

    /// The text in place of a thought that is left out; nil, as the operator wants it by default, when nothing is.
    private func substitute(for thinking: Thinking) -> JSONString? {
        guard keepsDroppedThinking, !thinking.isRedacted, !thinking.text.isEmpty else { return nil }
        return model.isClaude && ClaudeText.saysNothing(thinking.text) ? nil : thinking.text
    }

    // MARK: Model contents

    private mutating func addModel(_ parts: [Turn.Part], isLast: Bool) {
        closeCalls()
        var calls: [ToolCall] = []
        for part in parts {
            if case .toolCall(let call) = part { calls.append(call) }
        }
        rules.sign(&calls)
        identifiers.beginContent()
        let history = calls.enumerated().map { index, call in
            var sent = call
            sent.id = identifiers.sent(for: call.id, content: contents.count, index: index)
            return HistoryCall(call: sent, clientID: call.id)
        }
        var thoughts: [Content.Part] = []
        var others: [Content.Part] = []
        for (index, part) in parts.enumerated() {
            switch part {
            case .thinking(let thinking):
                guard let signature = thinking.signature else { continue }
                if !model.isClaude, Self.isSigned(signature, callBehind: index, in: parts) {
                    if let text = substitute(for: thinking) { others.append(.text(text, signature: nil)) }
                    continue
                }
                let thought = Content.Part.thought(thinking.text, signature: signature)
                // Gemini keeps the order in which signed parts came; Claude wants thinking in front.
                if model.isClaude { thoughts.append(thought) } else { others.append(thought) }
            case .text(let text, let signature): others.append(.text(text, signature: signature))
            case .media(let media): others.append(.media(media))
            case .native(let native): others.append(.native(native))
            case .toolCall, .toolResult: break
            }
        }
        if thoughts.isEmpty, keepsThoughts, let first = calls.first { thoughts += restoredThought(before: first) }
        if isLast, calls.isEmpty, model.isClaude { trimEnd(&others) }
        let all = thoughts + others + history.map(Content.Part.call)
        if !all.isEmpty { contents.append(Content(isModel: true, parts: all)) }
    }

    /// Whether the call behind a thought carries the same signature: a client that keeps both in one item gives it to both, and
    /// for Gemini it belongs to the call.
    private static func isSigned(_ signature: JSONString, callBehind index: Int, in parts: [Turn.Part]) -> Bool {
        guard index + 1 < parts.count, case .toolCall(let call) = parts[index + 1] else { return false }
        return call.signature == signature
    }

    private func restoredThought(before call: ToolCall) -> [Content.Part] {
        guard let thinking = rules.thinking(before: call), let signature = thinking.signature else { return [] }
        return [.thought(thinking.text, signature: signature)]
    }

    /// Claude refuses a final assistant text that ends in blank space.
    private func trimEnd(_ parts: inout [Content.Part]) {
        guard case .text(let text, let signature)? = parts.last else { return }
        parts[parts.count - 1] = .text(ClaudeText.trimmedEnd(text), signature: signature)
    }

    // MARK: User contents

    /// A user content: the results of the calls before it in the order of the calls, then everything else.
    private mutating func addUser(_ parts: [Turn.Part]) {
        var open = OpenCalls(contents.last?.calls ?? [])
        var others: [Content.Part] = []
        for part in parts {
            switch part {
            case .text(let text, _): others.append(.text(text, signature: nil))
            case .media(let media): others.append(.media(media))
            case .native(let native): others.append(.native(native))
            case .toolResult(let result):
                if !open.answer(with: result) { others += orphan(result) }
            case .thinking, .toolCall: break
            }
        }
        add(open.responses, then: others)
    }

    /// Calls that nobody answered get a result that says so.
    private mutating func closeCalls() {
        guard let calls = contents.last?.calls, !calls.isEmpty else { return }
        add(OpenCalls(calls).responses, then: [])
    }

    private mutating func add(_ responses: [Content.Part], then others: [Content.Part]) {
        var parts = responses
        if !model.takesMediaInResults {
            // Older models take media beside the results, not in them.
            for case .response(_, _, let result?) in responses { parts += result.media.map(Content.Part.media) }
        }
        parts += others
        guard !parts.isEmpty else { return }
        if let last = contents.last, !last.isModel {
            contents[contents.count - 1].parts += parts
        } else {
            contents.append(Content(isModel: false, parts: parts))
        }
    }

    /// A result without a call becomes text, so that nothing of what the client said is lost.
    private func orphan(_ result: ToolResult) -> [Content.Part] {
        let id = result.callID.isEmpty ? result.name ?? "" : result.callID
        let text: [UInt8] =
            switch result.output {
            case .text(let text): Array(text.escaped)
            case .object(let object): JSONEscaping.escape(object.bytes)
            }
        let head = JSONString("[Result of an earlier tool call \(id)] ").escaped
        return [.text(JSONString(escaped: Array(head) + text), signature: nil)] + result.media.map(Content.Part.media)
    }
}
