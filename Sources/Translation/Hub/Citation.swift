import JSON

/// One stretch of an answer's text and the source it rests on, for the APIs whose places count Unicode code points.
struct Citation: Sendable {
    /// In code points of the text.
    var range: Range<Int>
    var source: Grounding.Source

    /// - Parameter escaped: the text that the grounding speaks of, in bytes of its UTF-8 form.
    static func all(of grounding: Grounding, text escaped: [UInt8]) -> [Citation] {
        guard !grounding.supports.isEmpty else { return [] }
        // Code points before each byte: texts are long, and so are lists of stretches.
        var codePoints = [0]
        var count = 0
        for byte in JSONString(escaped: escaped).decoded.utf8 {
            // A stretch that ends inside a character ends before it.
            codePoints[codePoints.count - 1] = byte & 0xC0 == 0x80 ? count - 1 : count
            count += byte & 0xC0 == 0x80 ? 0 : 1
            codePoints.append(count)
        }
        return grounding.supports.flatMap { support in
            let start = codePoints[min(support.byteRange.lowerBound, codePoints.count - 1)]
            let end = codePoints[min(support.byteRange.upperBound, codePoints.count - 1)]
            return support.sourceIndices.compactMap { index in
                grounding.sources.indices.contains(index)
                    ? Citation(range: start..<max(start, end), source: grounding.sources[index]) : nil
            }
        }
    }
}
