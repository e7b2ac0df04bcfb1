import JSON

/// Where text was added among the upstream's own, so that its citations can be moved to the same words in the whole.
struct CitationShift {
    /// Bytes of the upstream's text before the addition, and bytes that were added there, in order.
    private var additions: [(place: Int, size: Int)] = []
    private var ownSize = 0

    mutating func count(own text: JSONString) { ownSize += text.decoded.utf8.count }

    mutating func count(added text: JSONString) {
        let size = text.decoded.utf8.count
        if let last = additions.last, last.place == ownSize {
            additions[additions.count - 1].size += size
        } else {
            additions.append((ownSize, size))
        }
    }

    func moved(_ grounding: Grounding) -> Grounding {
        var grounding = grounding
        grounding.supports = grounding.supports.map { support in
            let range = support.byteRange
            let start = range.lowerBound + size(upTo: range.lowerBound)
            // What was added right behind the last cited word does not belong to it.
            let end = range.isEmpty ? start : range.upperBound + size(upTo: range.upperBound - 1)
            return Grounding.Support(byteRange: start..<max(start, end), sourceIndices: support.sourceIndices)
        }
        return grounding
    }

    private func size(upTo place: Int) -> Int {
        additions.reduce(0) { $1.place <= place ? $0 + $1.size : $0 }
    }
}
