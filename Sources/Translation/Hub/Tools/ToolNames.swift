import Digest

/// Names that every upstream takes, one for each of the client's names, and the way back.
///
/// Declared tools come first, then names that only the history has, in order: the same conversation with one more turn gives
/// the earlier names the same safe form.
public struct ToolNames: Sendable {
    static let lengthMax = 64
    /// Characters kept before the suffix that tells two colliding names apart: `_` and six hexadecimal digits.
    static let lengthBeforeSuffix = 57

    private let declared: [String]
    /// Names of the history's calls, in order; of the same one again and again the first.
    private let called: [String]
    /// The client's name of each safe one; empty when every name is fit, and so its own safe form. Most requests are such.
    private var original: [String: String] = [:]
    /// Safe names that are not simply the sanitized ones.
    private var suffixed: [String: String] = [:]

    init(declared: [String], called: [String] = []) {
        self.declared = declared
        self.called = called
        if declared.allSatisfy(Self.isFit), called.allSatisfy(Self.isFit) { return }
        for name in declared { add(name) }
        for name in called { add(name) }
    }

    init(_ request: GenerationRequest) {
        var called: [String] = []
        for turn in request.turns {
            for case .toolCall(let call) in turn.parts where call.name != called.last { called.append(call.name) }
        }
        self.init(declared: request.tools.map(\.name), called: called)
    }

    private mutating func add(_ name: String) {
        let sanitized = Self.sanitize(name)
        guard let owner = original[sanitized] else { return original[sanitized] = name }
        guard owner != name, suffixed[name] == nil else { return }
        var candidate = sanitized
        var salted = name
        while original[candidate] != nil {
            let digest = Hex.encode(Array(SHA256.hash(Array(salted.utf8)).prefix(3)))
            candidate = sanitized.prefix(Self.lengthBeforeSuffix) + "_" + digest
            salted += "_"
        }
        suffixed[name] = candidate
        original[candidate] = name
    }

    func safeName(of name: String) -> String {
        if !suffixed.isEmpty, let safe = suffixed[name] { return safe }
        return Self.sanitize(name)
    }

    /// The client's name for a name in an answer. One that no tool has goes out as it is, unless it differs from exactly one
    /// declared tool only by case or separators.
    func originalName(of name: String) -> String {
        if let known = original[name] { return known }
        if original.isEmpty, declared.contains(name) || called.contains(name) { return name }
        let bare = Self.bare(name)
        let alike = declared.filter { Self.bare($0) == bare }
        return alike.count == 1 ? alike[0] : name
    }

    /// Each character outside `[A-Za-z0-9_-]` becomes `_`; a letter or `_` stands first; at most 64 characters.
    static func sanitize(_ name: String) -> String {
        if isFit(name) { return name }
        var bytes: [UInt8] = []
        for character in name.unicodeScalars {
            guard bytes.count < lengthMax else { break }
            let byte = UInt8(exactly: character.value)
            bytes.append(byte.flatMap { isPlain($0) ? $0 : nil } ?? UInt8(ascii: "_"))
        }
        if let first = bytes.first, !isLetter(first), first != UInt8(ascii: "_") {
            bytes.insert(UInt8(ascii: "_"), at: 0)
        }
        if bytes.isEmpty { bytes = [UInt8(ascii: "_")] }
        return String(decoding: bytes.prefix(lengthMax), as: UTF8.self)
    }

    private static func isFit(_ name: String) -> Bool {
        var name = name
        return name.withUTF8 { bytes in
            guard (1...lengthMax).contains(bytes.count), isLetter(bytes[0]) || bytes[0] == UInt8(ascii: "_") else {
                return false
            }
            return bytes.allSatisfy(isPlain)
        }
    }

    private static func bare(_ name: String) -> [UInt8] {
        name.utf8.compactMap { byte in
            if isLetter(byte) { return byte | 0x20 }
            return (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte >= 0x80 ? byte : nil
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- UInt8(ascii: "a") < 26
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        isLetter(byte) || byte &- UInt8(ascii: "0") < 10 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
    }
}
