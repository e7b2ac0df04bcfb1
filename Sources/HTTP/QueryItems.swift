/// The `name=value` pairs of a query or of a form body, decoded; a plus sign is a space.
public struct QueryItems: Sendable, Equatable, Sequence {
    public struct Item: Sendable, Equatable {
        public let name: String
        public let value: String
    }

    public let items: [Item]

    /// Pairs that cannot be decoded are left out: they match no name.
    public init(decoding query: String) {
        items = query.utf8.split(separator: UInt8(ascii: "&")).compactMap { pair in
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentCoding.decode(parts[0], plusIsSpace: true),
                let value = parts.count > 1 ? PercentCoding.decode(parts[1], plusIsSpace: true) : ""
            else { return nil }
            return Item(name: name, value: value)
        }
    }

    /// The first value under this name.
    public subscript(name: String) -> String? { items.first { $0.name == name }?.value }

    public func makeIterator() -> IndexingIterator<[Item]> { items.makeIterator() }
}

extension HTTPRequestHead {
    /// The pairs of the target's query; none without a query.
    public var queryItems: QueryItems { QueryItems(decoding: query ?? "") }
}
