import JSON

/// A known signature as the store keeps it: a key and bytes, neither of which the store looks into.
public struct PackedSignature: Sendable, Equatable {
    public var key: PackedKey
    public var value: [UInt8]

    /// A longer value is not kept.
    public static let valueSizeMaxBytes = 256 * 1024
    private static let format: UInt8 = 1

    public init(key: PackedKey, value: [UInt8]) {
        self.key = key
        self.value = value
    }

    /// - Returns: nil if the entry is too long to keep.
    init?(_ key: PackedKey, _ entry: KnownSignatures.Entry) {
        var writer = Writer(bytes: [Self.format])
        writer.append(entry.signature.escaped)
        writer.append(entry.call?.name.utf8)
        writer.append(entry.call?.argumentsDigest)
        writer.append(entry.thinking?.text.escaped)
        writer.append(entry.thinking?.signature?.escaped)
        guard writer.bytes.count <= Self.valueSizeMaxBytes else { return nil }
        self.init(key: key, value: writer.bytes)
    }

    /// What the value holds; nil for one that another version has written.
    ///
    /// - Parameter family: whose it is: the store keeps that beside the value.
    func entry(family: SignatureFamily) -> KnownSignatures.Entry? {
        var reader = Reader(rest: value[...])
        guard reader.rest.popFirst() == Self.format, let signature = reader.next() ?? nil, let name = reader.next(),
            let digest = reader.next(), let text = reader.next(), let textSignature = reader.next()
        else { return nil }
        var entry = KnownSignatures.Entry(signature: JSONString(escaped: signature), family: family)
        if let name, let digest {
            entry.call = CallMark(name: String(decoding: name, as: UTF8.self), argumentsDigest: digest)
        }
        if let text, let textSignature {
            entry.thinking = Thinking(
                text: JSONString(escaped: text), signature: JSONString(escaped: textSignature))
        }
        return entry
    }

    /// Fields one behind the other: a byte that says whether there is one, four bytes of length, the bytes.
    private struct Writer {
        var bytes: [UInt8]

        mutating func append(_ field: (some Collection<UInt8>)?) {
            guard let field else { return bytes.append(0) }
            bytes.append(1)
            for shift in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: field.count >> shift)) }
            bytes += field
        }
    }

    private struct Reader {
        var rest: ArraySlice<UInt8>

        /// nil: the bytes end too early. Inside, nil: the field is not there.
        mutating func next() -> [UInt8]?? {
            guard let isThere = rest.popFirst() else { return .none }
            guard isThere == 1 else { return .some(nil) }
            guard rest.count >= 4 else { return .none }
            let count = rest.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(4)
            guard rest.count >= count else { return .none }
            defer { rest = rest.dropFirst(count) }
            return .some(Array(rest.prefix(count)))
        }
    }
}

/// The key of a signature in the store.
public struct PackedKey: Sendable, Hashable {
    /// 0 tool call id, 1 thinking text of a family, 2 visible text of a session, 3 thinking text of any family.
    public var space: UInt8
    public var bytes: [UInt8]

    /// Identifiers that this gateway issues are shorter by far.
    static let identifierSizeMaxBytes = 256

    public init(space: UInt8, bytes: [UInt8]) {
        self.space = space
        self.bytes = bytes
    }

    /// - Parameters:
    ///   - family: of the target: a thought is known to one family.
    ///   - scope: who is speaking; without it no visible text is known.
    init?(_ key: KnownSignatures.Key, family: SignatureFamily, scope: SignatureScope?) {
        switch key {
        case .call(let id):
            guard (1...Self.identifierSizeMaxBytes).contains(id.utf8.count) else { return nil }
            self.init(space: 0, bytes: Array(id.utf8))
        case .thinking(let digest): self.init(space: 1, bytes: SignatureDigest.joined(family.name, digest))
        case .text(let digest):
            guard let scope else { return nil }
            self.init(space: 2, bytes: SignatureDigest.joined(scope.text, digest))
        case .thinkingOfAny(let digest): self.init(space: 3, bytes: digest)
        }
    }
}

/// The conversation in which a visible text was said: two conversations may say the same.
public struct SignatureScope: Sendable, Equatable {
    private let session: String
    private let apiKeyID: String

    public init(session: SessionKey, apiKeyID: String) {
        self.session = session.text
        self.apiKeyID = apiKeyID
    }

    /// Made only for who needs it: few requests ask for a signature of visible text.
    var text: String { apiKeyID + "\n" + session }
}
