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
    /// What the model said since the user's last words.
    private var said: [Turn.Part] = []
    /// Calls of the last model content and what the user's turns since then answered, and what else they say.
    private var open = OpenCalls([])
    private var others: [Content.Part] = []
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
        contents.reserveCapacity(turns.count + 2)
        for turn in turns {
            let parts = sendable(turn)
            guard !parts.isEmpty else { continue }
            switch turn.role {
            case .assistant:
                endUser()
                if said.isEmpty { said = parts } else { said += parts }
            case .user:
                endModel(isLast: false)
                hear(parts)
            }
        }
        endModel(isLast: true)
        endUser()
        guard let first = contents.first, let last = contents.last else { return }
        if last.isModel {
            contents.append(Content(isModel: false, parts: [.text(Self.prefillContinuation, signature: nil)]))
        }
        if first.isModel {
            contents.insert(Content(isModel: false, parts: [.text(Self.opening, signature: nil)]), at: 0)
        }
    }

    /// What of a turn is sent, with its signatures settled and without parts that say nothing.
    private func sendable(_ turn: Turn) -> [Turn.Part] {
        if turn.parts.allSatisfy({ isSentAsItIs($0, by: turn.role) }) { return turn.parts }
        var parts: [Turn.Part] = []
        parts.reserveCapacity(turn.parts.count)
        for part in turn.parts { addSendable(part, role: turn.role, to: &parts) }
        return parts
    }

    private func isSentAsItIs(_ part: Turn.Part, by role: Turn.Role) -> Bool {
        switch part {
        case .text(let text, _): role == .user && !text.isEmpty && !(isClaude && ClaudeText.saysNothing(text))
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

    private mutating func endModel(isLast: Bool) {
        guard !said.isEmpty else { return }
        let parts = said
        said = []
        identifiers.beginContent()
        var calls: [HistoryCall] = []
        for case .toolCall(let call) in parts {
            var sent = call
            sent.signature = rules.signature(of: call, isFirst: calls.isEmpty)
            sent.id = identifiers.sent(for: call.id, content: contents.count, index: calls.count)
            calls.append(HistoryCall(call: sent, clientID: call.id))
        }
        var thoughts: [Content.Part] = []
        var rest: [Content.Part] = []
        for (index, part) in parts.enumerated() {
            switch part {
            case .thinking(let thinking):
                guard let signature = thinking.signature else { continue }
                if !isClaude, Self.isSigned(signature, callBehind: index, in: parts) {
                    if let text = substitute(for: thinking) { rest.append(.text(text, signature: nil)) }
                    continue
                }
                let thought = Content.Part.thought(thinking.text, signature: signature)
                // Gemini keeps the order in which signed parts came; Claude wants thinking in front.
                if isClaude { thoughts.append(thought) } else { rest.append(thought) }
            case .text(let text, let signature): rest.append(.text(text, signature: signature))
            case .media(let media): rest.append(.media(media))
            case .native(let native): rest.append(.native(native))
            case .toolCall, .toolResult: break
            }
        }
        if thoughts.isEmpty, keepsThoughts { thoughts = restoredThought(in: parts) }
        if isLast, calls.isEmpty, isClaude { trimEnd(&rest) }
        let all = thoughts + rest + calls.map(Content.Part.call)
        if !all.isEmpty { contents.append(Content(isModel: true, parts: all)) }
        open = OpenCalls(calls)
    }

    /// Whether the call behind a thought carries the same signature: a client that keeps both in one item gives it to both, and
    /// for Gemini it belongs to the call.
    private static func isSigned(_ signature: JSONString, callBehind index: Int, in parts: [Turn.Part]) -> Bool {
        guard index + 1 < parts.count, case .toolCall(let call) = parts[index + 1] else { return false }
        return call.signature == signature
    }

    /// The thought in front of the first call, if it is known.
    private func restoredThought(in parts: [Turn.Part]) -> [Content.Part] {
        for case .toolCall(let call) in parts {
            guard let thinking = rules.thinking(before: call), let signature = thinking.signature else { return [] }
            return [.thought(thinking.text, signature: signature)]
        }
        return []
    }

    /// Claude refuses a final assistant text that ends in blank space.
    private func trimEnd(_ parts: inout [Content.Part]) {
        guard case .text(let text, let signature)? = parts.last else { return }
        parts[parts.count - 1] = .text(ClaudeText.trimmedEnd(text), signature: signature)
    }

    // MARK: User contents

    private mutating func hear(_ parts: [Turn.Part]) {
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
    }

    /// A user content: the results of the calls before it in the order of the calls, then everything else. Calls that nobody
    /// answered get a result that says so.
    private mutating func endUser() {
        var parts = open.responses
        if !rules.model.takesMediaInResults {
            // Older models take media beside the results, not in them.
            for case .response(_, _, let result?) in parts { parts += result.media.map(Content.Part.media) }
        }
        parts += others
        open = OpenCalls([])
        others = []
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
