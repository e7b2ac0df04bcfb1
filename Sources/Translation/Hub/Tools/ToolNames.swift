import Digest

/// Names that every upstream takes, one for each of the client's names, and the way back.
///
/// Declared tools come first, then names that only the history has, in order: the same conversation with one more turn gives
/// the earlier names the same safe form.
public struct ToolNames: Sendable {
    static let lengthMax = 64
    /// Characters kept before the suffix that tells two colliding names apart: `_` and six hexadecimal digits.
    static let lengthBeforeSuffix = 57

    private var safe: [String: String] = [:]
    private var original: [String: String] = [:]
    private var declared: [String] = []

    init(declared tools: [ToolDeclaration]) {
        for tool in tools {
            add(tool.name)
            declared.append(tool.name)
        }
    }

    /// Adds a name that only the history has.
    mutating func add(_ name: String) {
        guard safe[name] == nil else { return }
        var candidate = Self.sanitize(name)
        var salted = name
        while original[candidate] != nil {
            let digest = Hex.encode(Array(SHA256.hash(Array(salted.utf8)).prefix(3)))
            candidate = Self.sanitize(name).prefix(Self.lengthBeforeSuffix) + "_" + digest
            salted += "_"
        }
        safe[name] = candidate
        original[candidate] = name
    }

    func safeName(of name: String) -> String { safe[name] ?? Self.sanitize(name) }

    /// The client's name for a name in an answer. One that no tool has goes out as it is, unless it differs from exactly one
    /// declared tool only by case or separators.
    func originalName(of name: String) -> String {
        if let known = original[name] { return known }
        let bare = Self.bare(name)
        let alike = declared.filter { Self.bare($0) == bare }
        return alike.count == 1 ? alike[0] : name
    }

    /// Each character outside `[A-Za-z0-9_-]` becomes `_`; a letter or `_` stands first; at most 64 characters.
    static func sanitize(_ name: String) -> String {
        var bytes: [UInt8] = []
        for character in name.unicodeScalars {
            guard bytes.count < lengthMax else { break }
            bytes.append(isPlain(character) ? UInt8(character.value) : UInt8(ascii: "_"))
        }
        if let first = bytes.first, !isLetter(first), first != UInt8(ascii: "_") {
            bytes.insert(UInt8(ascii: "_"), at: 0)
        }
        if bytes.isEmpty { bytes = [UInt8(ascii: "_")] }
        return String(decoding: bytes.prefix(lengthMax), as: UTF8.self)
    }

    private static func bare(_ name: String) -> [UInt8] {
        name.utf8.compactMap { byte in
            if isLetter(byte) { return byte | 0x20 }
            return (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte >= 0x80 ? byte : nil
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.isASCII else { return false }
        let byte = UInt8(scalar.value)
        return isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: "-")
    }
}
