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
    /// Calls of the last model content, with what the user's turns since then answered.
    private var open = OpenCalls()

    /// Who says the content that is being made: neighbours of one role become one. Nil in front of the first.
    private var speaker: Turn.Role?
    /// Its parts but for calls and results.
    private var parts: [Content.Part] = []
    /// Calls of a model content, which stand behind all else.
    private var calls: [Content.Part] = []
    /// Results that the client puts into the model's turn.
    private var earlyResults: [ToolResult] = []
    /// Thoughts that stand in front of all else: Claude's.
    private var thoughts: [Content.Part] = []
    /// What stood in front of the first of the calls, if the client has dropped it.
    private var droppedThought: Content.Part?
    /// Whether the last part that the model sent is a thought of Gemini.
    private var endsWithThought = false

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

    private mutating func build(_ turns: [Turn]) {
        contents.reserveCapacity(turns.count + 2)
        for turn in turns {
            switch turn.role {
            case .assistant: for part in turn.parts { addModel(part) }
            case .user: for part in turn.parts { addUser(part) }
            }
        }
        if speaker == .assistant, isClaude, calls.isEmpty { trimEnd() }
        endContent()
        if !open.isEmpty || !parts.isEmpty { endUser() }
        guard let first = contents.first, let last = contents.last else { return }
        if last.isModel {
            contents.append(Content(isModel: false, parts: [.text(Self.prefillContinuation, signature: nil)]))
        }
        if first.isModel {
            contents.insert(Content(isModel: false, parts: [.text(Self.opening, signature: nil)]), at: 0)
        }
    }

    /// Something of this role comes that is sent: a turn of which nothing is parts nobody.
    private mutating func begin(_ role: Turn.Role) {
        guard speaker != role else { return }
        endContent()
        speaker = role
        if role == .assistant { identifiers.beginContent() }
    }

    private mutating func append(_ part: Content.Part, of role: Turn.Role) {
        begin(role)
        parts.append(part)
        endsWithThought = false
    }

    private mutating func endContent() {
        switch speaker {
        case .assistant: endModel()
        case .user: endUser()
        case nil: break
        }
        speaker = nil
    }

    private mutating func addContent(isModel: Bool) {
        guard !parts.isEmpty else { return }
        if !isModel, let last = contents.last, !last.isModel {
            contents[contents.count - 1].parts += parts
        } else {
            contents.append(Content(isModel: isModel, parts: parts))
        }
        parts = []
    }

    // MARK: What both say

    private func saysNothing(_ text: JSONString) -> Bool {
        text.isEmpty || isClaude && ClaudeText.saysNothing(text)
    }

    /// Whether a part in Google's own form is sent; else its substitute is.
    private func isSent(_ native: NativePart) -> Bool {
        !isClaude && (native.kind != .code || runsCode)
    }

    // MARK: Model contents

    private mutating func addModel(_ part: Turn.Part) {
        switch part {
        case .text(let text, let own): addModel(text, signature: rules.signature(ofText: text, own: own))
        case .media(let media): append(.media(media), of: .assistant)
        case .thinking(let thinking): addModel(thinking)
        case .toolCall(let call): addModel(call)
        case .toolResult(let result):
            begin(.assistant)
            earlyResults.append(result)
            endsWithThought = false
        case .native(var native):
            guard isSent(native) else {
                for substitute in native.substitute { addModel(substitute) }
                return
            }
            native.signature = native.signature.flatMap(rules.signature(ofNative:))
            append(.native(native), of: .assistant)
        }
    }

    /// An empty text is sent for the sake of its signature alone.
    private mutating func addModel(_ text: JSONString, signature: JSONString?) {
        if text.isEmpty, signature == nil { return }
        if !text.isEmpty, isClaude, ClaudeText.saysNothing(text) { return }
        guard let pieces = InlineImages.split(text, signature: signature, keepsImages: !isClaude) else {
            return append(.text(text, signature: signature), of: .assistant)
        }
        for piece in pieces { append(piece, of: .assistant) }
    }

    private mutating func addModel(_ thinking: Thinking) {
        guard keepsThoughts, let signature = rules.signature(of: thinking) else {
            if !thinking.isRedacted { addSubstitute(ofThought: thinking.text) }
            return
        }
        let thought = Content.Part.thought(thinking.text, signature: signature)
        guard isClaude else {
            // Gemini keeps the order in which signed parts came; Claude wants thinking in front.
            append(thought, of: .assistant)
            endsWithThought = true
            return
        }
        guard !thinking.text.isEmpty else { return }
        begin(.assistant)
        thoughts.append(thought)
    }

    /// The text in place of a thought that is left out; none, as the operator wants it by default.
    private mutating func addSubstitute(ofThought text: JSONString) {
        guard keepsDroppedThinking, !saysNothing(text) else { return }
        append(.text(text, signature: nil), of: .assistant)
    }

    private mutating func addModel(_ call: ToolCall) {
        begin(.assistant)
        dropThought(signedAs: call)
        if keepsThoughts, calls.isEmpty, let thinking = rules.thinking(before: call), let signature = thinking.signature
        {
            droppedThought = .thought(thinking.text, signature: signature)
        }
        var sent = call
        sent.signature = rules.signature(of: call, isFirst: calls.isEmpty)
        sent.id = identifiers.sent(for: call.id, content: contents.count, index: calls.count)
        open.append(OpenCalls.Call(clientID: call.id, sentID: sent.id, name: call.name))
        calls.append(.call(sent))
    }

    /// A client that keeps a thought and the call behind it in one item gives both the signature; for Gemini it belongs to the
    /// call.
    private mutating func dropThought(signedAs call: ToolCall) {
        guard endsWithThought else { return }
        endsWithThought = false
        guard case .thought(let text, let signature)? = parts.last, signature == call.signature else { return }
        parts.removeLast()
        addSubstitute(ofThought: text)
    }

    /// Claude refuses a final assistant text that ends in blank space.
    private mutating func trimEnd() {
        guard case .text(let text, let signature)? = parts.last else { return }
        parts[parts.count - 1] = .text(ClaudeText.trimmedEnd(text), signature: signature)
    }

    private mutating func endModel() {
        if thoughts.isEmpty, let droppedThought { thoughts = [droppedThought] }
        if !thoughts.isEmpty { parts.insert(contentsOf: thoughts, at: 0) }
        parts += calls
        thoughts = []
        droppedThought = nil
        calls.removeAll(keepingCapacity: true)
        addContent(isModel: true)
        for result in earlyResults { answer(result) }
        earlyResults.removeAll(keepingCapacity: true)
    }

    // MARK: User contents

    private mutating func addUser(_ part: Turn.Part) {
        switch part {
        case .text(let text, _): if !saysNothing(text) { append(.text(text, signature: nil), of: .user) }
        case .media(let media): append(.media(media), of: .user)
        case .toolResult(let result):
            begin(.user)
            answer(result)
        case .native(var native):
            guard isSent(native) else {
                for substitute in native.substitute { addUser(substitute) }
                return
            }
            native.signature = nil
            append(.native(native), of: .user)
        case .toolCall: begin(.user)
        case .thinking: break
        }
    }

    private mutating func answer(_ result: ToolResult) {
        if !open.answer(with: result) { addOrphan(result) }
    }

    /// A result without a call becomes text, so that nothing of what the client said is lost.
    private mutating func addOrphan(_ result: ToolResult) {
        let id = result.callID.isEmpty ? result.name ?? "" : result.callID
        let text: [UInt8] =
            switch result.output {
            case .text(let text): Array(text.escaped)
            case .object(let object): JSONEscaping.escape(object.bytes)
            }
        let head = JSONString("[Result of an earlier tool call \(id)] ").escaped
        parts.append(.text(JSONString(escaped: Array(head) + text), signature: nil))
        parts += result.media.map(Content.Part.media)
    }

    /// A user content: the results of the calls before it in the order of the calls, then everything else. Calls that nobody
    /// answered get a result that says so.
    private mutating func endUser() {
        if !open.isEmpty {
            let others = parts
            parts = []
            parts.reserveCapacity(open.count + others.count)
            open.takeResponses(into: &parts, mediaBeside: !rules.model.takesMediaInResults)
            parts += others
        }
        addContent(isModel: false)
    }
}
