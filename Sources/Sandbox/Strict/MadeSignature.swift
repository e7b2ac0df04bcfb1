import GoogleAPI

/// The signatures that this service hands out for Gemini models: they tell, when they come back, which family and which
/// part they belong to.
nonisolated struct MadeSignature: Sendable, Equatable {
    /// `gemini-2.5`, `gemini-3`: versions of one family read each other's signatures.
    let family: String
    /// Name of the function whose call was signed; empty for other parts.
    let functionName: String

    private static let mark = "antigravity-sandbox-signature"
    /// Real ones have a few hundred bytes.
    private static let lengthMinBytes = 240

    init(model: String, functionName: String) {
        family = Self.family(of: model)
        self.functionName = functionName
    }

    /// Nil for anything that this service did not make.
    init?(_ text: String) {
        guard let bytes = Base64.decode(text) else { return nil }
        let fields = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        guard fields.count >= 3, fields[0] == Self.mark else { return nil }
        family = String(fields[1])
        functionName = String(fields[2])
    }

    var text: String {
        let fields = "\(Self.mark)\n\(family)\n\(functionName)\n"
        let padding = String(repeating: "~", count: max(0, Self.lengthMinBytes - fields.utf8.count))
        return Base64.encode(Array((fields + padding).utf8))
    }

    /// `gemini-3-pro-high` and `gemini-3-flash` are one family, `gemini-3.1-...` another.
    static func family(of model: String) -> String {
        let words = model.lowercased().split(separator: "-")
        guard words.count > 1, words[0] == "gemini", words[1].first?.isNumber == true else { return "gemini-3" }
        return "gemini-\(words[1])"
    }
}

/// Signatures of Claude's thinking: Anthropic's own form in base64, encoded once more on this API.
nonisolated enum ClaudeSignature {
    private static let mark = "antigravity-sandbox-thinking"

    static func make(thought: String) -> String {
        let inner: [UInt8] = [0x12] + Array("\(mark)\n\(digest(thought))\n".utf8) + [UInt8](repeating: 0x7e, count: 160)
        return Base64.encode(Array(Base64.encode(inner).utf8))
    }

    /// Whether a signature has the doubly encoded form and, if this service made it, belongs to the thought.
    ///
    /// Decoding must give Anthropic's form, which begins with `E` or `C`, and that must be base64 too.
    static func fits(_ signature: String, thought: String) -> Bool {
        guard signature.hasPrefix("R") || signature.hasPrefix("Q"), let outer = Base64.decode(signature) else {
            return false
        }
        let single = String(decoding: outer, as: UTF8.self)
        guard single.hasPrefix("E") || single.hasPrefix("C"), let inner = Base64.decode(single) else { return false }
        let fields = String(decoding: inner.dropFirst(), as: UTF8.self).split(separator: "\n")
        guard fields.count > 1, fields[0] == mark else { return true }
        return fields[1] == digest(thought)
    }

    /// FNV-1a, 64 bits: enough to notice a thought that came back changed.
    private static func digest(_ text: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return String(hash, radix: 16)
    }
}
