import GoogleAPI
import JSON

/// What the store is asked for a request: the signatures that its target needs and the client did not give back, and those
/// given back that may be of another family.
public struct SignatureQuestion: Sendable {
    public struct Item: Sendable, Equatable {
        var key: KnownSignatures.Key
        public var packed: PackedKey
    }

    /// Parts asked for; of a longer history the newest count.
    static let countMax = 1024

    public let family: SignatureFamily
    /// Newest first.
    public private(set) var missing: [Item] = []
    /// Newest first.
    public private(set) var signed: [Item] = []

    private let rules: SignatureRules
    private let scope: SignatureScope?
    private var seen: Set<KnownSignatures.Key> = []

    /// - Returns: nil when there is nothing to ask, which costs one look at each turn.
    public init?(_ request: GenerationRequest, target: TargetModel, scope: SignatureScope?) {
        guard target.family != .gptOSS, request.turns.contains(where: { $0.role == .assistant }) else { return nil }
        family = SignatureFamily(modelID: target.id)
        rules = SignatureRules(model: target, known: .none, repair: nil)
        let count = min(request.turns.count, Self.countMax)
        missing.reserveCapacity(count)
        seen.reserveCapacity(count)
        self.scope = target.signsText(withTools: !request.tools.isEmpty) ? scope : nil
        if target.isClaude {
            guard ThinkingPlan(request, target: UpstreamTarget(model: target, project: nil, requestID: "")).isOn else {
                return nil
            }
            addClaude(request.history(for: target))
        } else {
            addGemini(request.turns)
        }
        guard !missing.isEmpty || !signed.isEmpty else { return nil }
    }

    /// What the store's answer means for the request.
    ///
    /// - Parameters:
    ///   - found: entries of the asked family.
    ///   - foreign: keys out of `signed` that are known to be of another family.
    public func known(_ found: [PackedSignature], foreign: some Collection<PackedKey>) -> KnownSignatures {
        if found.isEmpty, foreign.isEmpty { return .none }
        let found = Dictionary(found.map { ($0.key, $0) }) { _, last in last }
        let foreign = Set(foreign)
        var known = KnownSignatures()
        for items in [missing, signed] {
            for item in items {
                if let value = found[item.packed]?.entry(family: family) { known.entries[item.key] = value }
                if foreign.contains(item.packed) { known.foreign.insert(item.key) }
            }
        }
        return known
    }

    private var isFull: Bool { seen.count >= Self.countMax }

    private mutating func ask(_ key: KnownSignatures.Key, isSigned: Bool = false) {
        guard let packed = PackedKey(key, family: family, scope: scope), seen.insert(key).inserted else { return }
        if isSigned {
            signed.append(Item(key: key, packed: packed))
        } else {
            missing.append(Item(key: key, packed: packed))
        }
    }

    private mutating func addGemini(_ turns: [Turn]) {
        for turn in turns.reversed() where turn.role == .assistant {
            for part in turn.parts.reversed() {
                guard !isFull else { return }
                switch part {
                case .toolCall(let call): ask(.call(call.id), isSigned: isUsable(call.signature))
                case .text(let text, let own):
                    guard scope != nil, !text.isEmpty else { continue }
                    ask(.text(SignatureDigest.of(text)), isSigned: isUsable(own))
                case .thinking(let thinking): ask(thinking)
                case .media, .toolResult, .native: break
                }
            }
        }
    }

    /// Thoughts without a signature, and the first call of each content that has no thought: the thought in front of it is
    /// known by the call.
    private mutating func addClaude(_ turns: [Turn]) {
        var end = turns.endIndex
        while end > turns.startIndex {
            var start = end - 1
            let role = turns[start].role
            while start > turns.startIndex, turns[start - 1].role == role { start -= 1 }
            if role == .assistant { addClaudeContent(turns[start..<end]) }
            end = start
            guard !isFull else { return }
        }
    }

    private mutating func addClaudeContent(_ turns: ArraySlice<Turn>) {
        var firstCall: ToolCall?
        var hasThought = false
        for part in turns.lazy.flatMap(\.parts) {
            switch part {
            case .toolCall(let call): firstCall = firstCall ?? call
            case .thinking(let thinking):
                if !thinking.isRedacted, !thinking.text.isEmpty, isUsable(thinking.signature) { hasThought = true }
                ask(thinking)
            case .text, .media, .toolResult, .native: break
            }
        }
        if let firstCall, !hasThought { ask(.call(firstCall.id)) }
    }

    private mutating func ask(_ thinking: Thinking) {
        guard !thinking.isRedacted, !thinking.text.isEmpty else { return }
        guard let own = thinking.signature, isUsable(own) else {
            return ask(.thinking(SignatureDigest.of(thinking.text)))
        }
        // Claude's form tells whose it is; Gemini's does not tell the versions apart, and Anthropic's own looks like it.
        if !SignatureRules.isClaudes(own) { ask(.thinkingOfAny(SignatureDigest.of(thinking.text)), isSigned: true) }
    }

    private func isUsable(_ signature: JSONString?) -> Bool { signature.flatMap { rules.usable($0) } != nil }
}
