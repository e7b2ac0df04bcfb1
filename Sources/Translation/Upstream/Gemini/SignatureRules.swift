import JSON

/// Which thought signature goes on which part: the client's own, else a known one, else the skip word or nothing.
///
/// Source: Gemini API, "Thought signatures" (validation of the current turn, dummy signatures for foreign histories);
/// Anthropic, "Extended thinking: preserving thinking blocks". Signatures of one family are refused by another.
struct SignatureRules {
    /// What Gemini accepts in place of a signature that is not to be had.
    static let skipWord: JSONString = "skip_thought_signature_validator"
    /// Anything shorter is no signature.
    static let lengthMin = 50

    let model: TargetModel
    let known: KnownSignatures
    let repair: RequestRepair?

    private var family: SignatureFamily { SignatureFamily(modelID: model.id) }

    /// The signature of a thought; nil leaves the thought out.
    func signature(of thinking: Thinking) -> JSONString? {
        guard repair != .signatures, !thinking.isRedacted else { return nil }
        if let own = thinking.signature, let usable = usable(own) { return isForeign(thinking) ? nil : usable }
        guard !known.entries.isEmpty else { return nil }
        return lookUp(.thinking(SignatureDigest.of(thinking.text)))
    }

    func signature(ofText text: JSONString, own: JSONString?) -> JSONString? {
        guard !model.isClaude, repair != .signatures else { return nil }
        if let own, let usable = usable(own), !isForeign(text) { return usable }
        guard !known.entries.isEmpty, !text.isEmpty else { return nil }
        return lookUp(.text(SignatureDigest.of(text)))
    }

    /// The client's signature on a part of another kind.
    func signature(ofNative own: JSONString) -> JSONString? {
        model.isClaude || repair == .signatures ? nil : usable(own)
    }

    /// The signature of a call: its own, a known one, or none. The first of a Gemini 3 content never goes without.
    func signature(of call: ToolCall, isFirst: Bool) -> JSONString? {
        guard !model.isClaude else { return nil }
        if repair != .signatures, let signature = signature(of: call) { return signature }
        return isFirst && model.validatesSignatures ? Self.skipWord : nil
    }

    private func signature(of call: ToolCall) -> JSONString? {
        let key = KnownSignatures.Key.call(call.id)
        if let own = call.signature, let usable = usable(own), !known.foreign.contains(key) { return usable }
        guard let entry = known.entries[key], entry.belongs(to: call) else { return nil }
        return lookUp(key)
    }

    /// Thinking that stood in front of this Claude call when it was issued.
    func thinking(before call: ToolCall) -> Thinking? {
        guard model.isClaude, let entry = known.entries[.call(call.id)], entry.family == family, entry.belongs(to: call)
        else { return nil }
        return entry.thinking
    }

    /// Whether the signature on a thought is known to be another family's.
    private func isForeign(_ thinking: Thinking) -> Bool {
        !known.foreign.isEmpty && known.foreign.contains(.thinkingOfAny(SignatureDigest.of(thinking.text)))
    }

    /// Whether the signature on a text is known to be another family's.
    private func isForeign(_ text: JSONString) -> Bool {
        !known.foreign.isEmpty && known.foreign.contains(.text(SignatureDigest.of(text)))
    }

    private func lookUp(_ key: KnownSignatures.Key) -> JSONString? {
        guard let entry = known.entries[key], entry.family == family else { return nil }
        return entry.signature
    }

    /// The client's signature in the form that the target takes; nil if it is none, or of the other family.
    func usable(_ signature: JSONString) -> JSONString? {
        guard signature.escapedCount >= Self.lengthMin, signature != Self.skipWord else { return nil }
        let bytes = signature.escaped
        guard model.isClaude else { return Self.isClaudes(signature) ? nil : signature }
        switch bytes.first {
        case UInt8(ascii: "R"), UInt8(ascii: "Q"): return signature
        case UInt8(ascii: "E"), UInt8(ascii: "C"):
            // Anthropic's own form: the upstream wants it encoded once more.
            return Base64.decode(bytes) == nil ? nil : JSONString(escaped: Base64.encode(bytes))
        default: return nil
        }
    }

    /// Whether Claude has given the signature, by way of Google: base64 of base64. Nothing of Gemini's decodes into the
    /// alphabet again.
    static func isClaudes(_ signature: JSONString) -> Bool {
        let bytes = signature.escaped
        guard bytes.first == UInt8(ascii: "R") || bytes.first == UInt8(ascii: "Q") else { return false }
        // The beginning is enough; four characters are three bytes.
        guard let inner = Base64.decode(bytes.prefix(lengthMin / 4 * 4)) else { return false }
        return inner.first.map { $0 == UInt8(ascii: "E") || $0 == UInt8(ascii: "C") } == true
            && Base64.decode(inner.prefix(inner.count / 4 * 4)) != nil
    }
}
