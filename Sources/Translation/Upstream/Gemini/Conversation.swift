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
    private let isClaude: Bool
    private let keepsThoughts: Bool
    private let runsCode: Bool
    private let keepsDroppedThinking: Bool
    private var contents: [Content] = []
    private var identifiers: CallIdentifiers

    /// - Parameters:
    ///   - thinks: whether the request thinks; without it Claude gets no thoughts back.
    ///   - runsCode: whether the request offers code execution; without it code parts are sent as text.
    static func contents(of turns: [Turn], target: UpstreamTarget, thinks: Bool, runsCode: Bool = false) -> [Content] {
        var conversation = Conversation(target, thinks: thinks, runsCode: runsCode)
        conversation.build(turns)
        return conversation.contents
    }

    private init(_ target: UpstreamTarget, thinks: Bool, runsCode: Bool) {
        rules = SignatureRules(model: target.model, known: target.signatures, repair: target.repair)
        isClaude = target.model.isClaude
        keepsThoughts = !isClaude || thinks
        self.runsCode = runsCode
        keepsDroppedThinking = target.settings.keepsDroppedThinking
        identifiers = CallIdentifiers(isStrict: isClaude)
    }

    /// Whether Claude would refuse to think over this history: its last calls have lost the thought in front of them.
    static func forbidsThinking(_ contents: [Content]) -> Bool {
        guard contents.count >= 2, let last = contents.last, last.holdsResponse else { return false }
        return !contents[contents.count - 2].holdsThought
    }

    /// Neighbours of one role become one content; a turn that is left empty parts nobody.
    private mutating func build(_ turns: [Turn]) {
        var role: Turn.Role?
        var pending: [Turn.Part] = []
        for turn in turns {
            let parts = sendable(turn)
            guard !parts.isEmpty else { continue }
            if turn.role == role {
                pending += parts
            } else {
                if let role { add(pending, of: role, isLast: false) }
                role = turn.role
                pending = parts
            }
        }
        if let role { add(pending, of: role, isLast: true) }
        closeCalls()
        guard let first = contents.first, let last = contents.last else { return }
        if last.isModel {
            contents.append(Content(isModel: false, parts: [.text(Self.prefillContinuation, signature: nil)]))
        }
        if first.isModel {
            contents.insert(Content(isModel: false, parts: [.text(Self.opening, signature: nil)]), at: 0)
        }
    }

    private mutating func add(_ parts: [Turn.Part], of role: Turn.Role, isLast: Bool) {
        switch role {
        case .assistant: addModel(parts, isLast: isLast)
        case .user: addUser(parts)
        }
    }

    /// What of a turn is sent, with its signatures settled and without parts that say nothing.
    private func sendable(_ turn: Turn) -> [Turn.Part] {
        if turn.role == .user, turn.parts.allSatisfy(isSentByUserAsItIs) { return turn.parts }
        var parts: [Turn.Part] = []
        for part in turn.parts { addSendable(part, role: turn.role, to: &parts) }
        return parts
    }

    private func isSentByUserAsItIs(_ part: Turn.Part) -> Bool {
        switch part {
        case .text(let text, _): !text.isEmpty && !(isClaude && ClaudeText.saysNothing(text))
        case .media, .toolCall, .toolResult: true
        case .thinking, .native: false
        }
    }

    private func addSendable(_ part: Turn.Part, role: Turn.Role, to parts: inout [Turn.Part]) {
        switch part {
        case .text(let text, let own):
            let signature = role == .assistant ? rules.signature(ofText: text, own: own) : nil
            if text.isEmpty {
                if signature != nil { parts.append(.text(text, signature: signature)) }
            } else if isClaude, ClaudeText.saysNothing(text) {
                return
            } else if role == .assistant {
                parts += InlineImages.split(text, signature: signature, keepsImages: !isClaude)
            } else {
                parts.append(.text(text))
            }
        case .thinking(let thinking):
            guard role == .assistant else { return }
            guard keepsThoughts, let signature = rules.signature(of: thinking) else {
                if let text = substitute(for: thinking) { parts.append(.text(text)) }
                return
            }
            if isClaude, thinking.text.isEmpty { return }
            parts.append(.thinking(Thinking(text: thinking.text, signature: signature)))
        case .native(var native):
            guard !isClaude, native.kind != .code || runsCode else {
                for substitute in native.substitute { addSendable(substitute, role: role, to: &parts) }
                return
            }
            native.signature = role == .assistant ? native.signature.flatMap(rules.signature(ofNative:)) : nil
            parts.append(.native(native))
        case .media, .toolCall, .toolResult: parts.append(part)
        }
    }

    /// The text in place of a thought that is left out; nil, as the operator wants it by default, when nothing is.
    private func substitute(for thinking: Thinking) -> JSONString? {
        guard keepsDroppedThinking, !thinking.isRedacted, !thinking.text.isEmpty else { return nil }
        return isClaude && ClaudeText.saysNothing(thinking.text) ? nil : thinking.text
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
                if !isClaude, Self.isSigned(signature, callBehind: index, in: parts) {
                    if let text = substitute(for: thinking) { others.append(.text(text, signature: nil)) }
                    continue
                }
                let thought = Content.Part.thought(thinking.text, signature: signature)
                // Gemini keeps the order in which signed parts came; Claude wants thinking in front.
                if isClaude { thoughts.append(thought) } else { others.append(thought) }
            case .text(let text, let signature): others.append(.text(text, signature: signature))
            case .media(let media): others.append(.media(media))
            case .native(let native): others.append(.native(native))
            case .toolCall, .toolResult: break
            }
        }
        if thoughts.isEmpty, keepsThoughts, let first = calls.first { thoughts += restoredThought(before: first) }
        if isLast, calls.isEmpty, isClaude { trimEnd(&others) }
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
        others.reserveCapacity(parts.count)
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
        if !responses.isEmpty, !rules.model.takesMediaInResults {
            // Older models take media beside the results, not in them.
            for case .response(_, _, let result?) in responses { parts += result.media.map(Content.Part.media) }
        }
        parts = parts.isEmpty ? others : parts + others
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
