/// A model name with `*` for any run of characters, also an empty one. Anchored at both ends, case-sensitive.
public struct ModelPattern: Sendable, Equatable {
    public let text: String
    private let pieces: [[UInt8]]

    public init(_ text: String) {
        self.text = text
        pieces = text.utf8.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map { Array($0) }
    }

    var isExact: Bool { pieces.count == 1 }

    /// Characters that are not `*`: the more, the better the pattern.
    var literalCount: Int { pieces.reduce(0) { $0 + $1.count } }

    var prefixCount: Int { pieces[0].count }

    public func matches(_ name: String) -> Bool {
        let name = Array(name.utf8)
        guard let first = pieces.first, let last = pieces.last else { return false }
        guard !isExact else { return name == first }
        guard name.count >= first.count + last.count, name.starts(with: first), name.suffix(last.count) == last[...]
        else {
            return false
        }
        // The pieces between, each at its first place: the greedy choice never loses a match.
        var rest = name[first.count..<(name.count - last.count)]
        for piece in pieces.dropFirst().dropLast() where !piece.isEmpty {
            guard let end = Self.end(of: piece, in: rest) else { return false }
            rest = rest[end...]
        }
        return true
    }

    private static func end(of piece: [UInt8], in text: ArraySlice<UInt8>) -> Int? {
        guard text.count >= piece.count else { return nil }
        for start in text.startIndex...(text.endIndex - piece.count)
        where text[start..<(start + piece.count)] == piece[...] {
            return start + piece.count
        }
        return nil
    }

    /// Order of preference among matching patterns: most literal characters, then the longer literal prefix, then the
    /// smaller pattern in byte order.
    func isPreferred(to other: ModelPattern) -> Bool {
        if literalCount != other.literalCount { return literalCount > other.literalCount }
        if prefixCount != other.prefixCount { return prefixCount > other.prefixCount }
        return text.utf8.lexicographicallyPrecedes(other.text.utf8)
    }
}
