import GoogleAPI
import JSON

/// Watches the events of one answer and collects the signatures it brings, each under the key by which the next turn of the
/// conversation will ask for it. What it keeps is bounded, and nothing of it belongs to the client's body.
public struct SignatureHarvest: Sendable {
    /// Thinking in front of a Claude call that is kept with it, in escaped bytes. Longer thinking is known by its digest alone.
    static let thinkingSizeMaxBytes = 64 * 1024

    private let modelID: String
    private let isClaude: Bool
    private let scope: SignatureScope?
    private var packed: [PackedSignature] = []
    private var thought: Thought?
    private var text: VisibleText?
    /// The last complete thought before the first call (Claude).
    private var front: Thinking?
    private var hasCall = false

    /// - Parameter scope: who is speaking; without it signatures of visible text are not kept.
    /// - Returns: nil for a model whose answers carry no signatures.
    public init?(_ request: GenerationRequest, target: TargetModel, scope: SignatureScope?) {
        guard target.family != .gptOSS, target.family != .geminiOld else { return nil }
        self.scope = target.signsText(withTools: !request.tools.isEmpty) ? scope : nil
        isClaude = target.isClaude
        modelID = target.id
    }

    /// Of the model. Few answers bring a signature: it is worked out for those.
    public var family: SignatureFamily { SignatureFamily(modelID: modelID) }

    public var isEmpty: Bool { packed.isEmpty }

    /// What has been collected since the last call.
    public mutating func take() -> [PackedSignature] {
        defer { packed = [] }
        return packed
    }

    public mutating func observe(_ events: [GenerationEvent]) {
        for event in events { observe(event) }
    }

    public mutating func observe(_ event: GenerationEvent) {
        switch event {
        case .thinking(let text): add(thinking: text)
        case .thinkingSignature(let signature): sign(thought: signature)
        case .text(let text): add(text: text)
        case .textSignature(let signature): sign(text: signature)
        case .toolCall(let call): add(call)
        case .media: endRun()
        case .finished: keepText()
        case .start, .grounding, .usage, .logprobs, .payload: break
        }
    }

    private mutating func keep(_ key: KnownSignatures.Key, _ entry: KnownSignatures.Entry) {
        guard let key = PackedKey(key, family: family, scope: scope), let entry = PackedSignature(key, entry) else {
            return
        }
        packed.append(entry)
    }

    // MARK: Thinking

    private struct Thought {
        var digest = SignatureDigest()
        /// nil once it is too long to be kept.
        var text: [UInt8]? = []
        var isSigned = false
    }

    private mutating func add(thinking text: JSONString) {
        if thought == nil || thought?.isSigned == true { thought = Thought() }
        thought?.digest.add(text)
        guard isClaude, !hasCall, let count = thought?.text?.count else { return }
        if count + text.escapedCount <= Self.thinkingSizeMaxBytes {
            thought?.text?.append(contentsOf: text.escaped)
        } else {
            thought?.text = nil
        }
    }

    private mutating func sign(thought signature: JSONString) {
        guard let thought, !thought.digest.isEmpty, signature.escapedCount >= SignatureRules.lengthMin else { return }
        let digest = thought.digest.value
        keep(.thinking(digest), KnownSignatures.Entry(signature: signature, family: family))
        // The form tells Claude's; of others it must be known whose they are.
        if !isClaude { keep(.thinkingOfAny(digest), KnownSignatures.Entry(signature: "", family: family)) }
        if isClaude, !hasCall {
            front = thought.text.map { Thinking(text: JSONString(escaped: $0), signature: signature) }
        }
        self.thought?.isSigned = true
        self.thought?.text = nil
    }

    // MARK: Calls

    private mutating func add(_ call: ToolCall) {
        endRun()
        let thinking = hasCall ? nil : front
        hasCall = true
        front = nil
        thought = nil
        if isClaude {
            guard let thinking else { return }
            keep(.call(call.id), .init(signature: "", family: family, call: CallMark(call), thinking: thinking))
        } else if let signature = call.signature, signature.escapedCount >= SignatureRules.lengthMin {
            keep(.call(call.id), .init(signature: signature, family: family, call: CallMark(call)))
        }
    }

    // MARK: Visible text

    /// Some clients give back all text of an answer as one, others each run of it between calls and media.
    private struct VisibleText {
        var whole = SignatureDigest()
        /// nil: the same as `whole`.
        var run: SignatureDigest?
        var signature: JSONString?
        /// Text has come that is not known yet.
        var isNew = false
    }

    private mutating func add(text: JSONString) {
        guard scope != nil, !text.isEmpty else { return }
        if self.text == nil { self.text = VisibleText() }
        self.text?.whole.add(text)
        self.text?.run?.add(text)
        self.text?.isNew = true
    }

    private mutating func sign(text signature: JSONString) {
        // Without text in front of it there is nothing to know it by.
        guard let text, text.run?.isEmpty != true, signature.escapedCount >= SignatureRules.lengthMin else { return }
        self.text?.signature = signature
        self.text?.isNew = true
        keepText()
    }

    private mutating func keepText() {
        guard let text, text.isNew, let signature = text.signature else { return }
        self.text?.isNew = false
        let entry = KnownSignatures.Entry(signature: signature, family: family)
        keep(.text(text.whole.value), entry)
        if let run = text.run, !run.isEmpty { keep(.text(run.value), entry) }
    }

    private mutating func endRun() {
        keepText()
        guard text != nil else { return }
        text?.run = SignatureDigest()
        text?.signature = nil
    }
}
