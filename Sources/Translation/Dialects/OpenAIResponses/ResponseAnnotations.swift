import JSON

/// Grounding as `url_citation` annotations, whose indices count Unicode code points of the message.
enum ResponseAnnotations {
    /// One JSON object for each stretch of text and source.
    static func annotations(of grounding: Grounding, text escaped: [UInt8]) -> [[UInt8]] {
        guard !grounding.supports.isEmpty else { return [] }
        // Code points before each byte: texts are long, and so are lists of stretches.
        var codePoints = [0]
        var count = 0
        for byte in JSONString(escaped: escaped).decoded.utf8 {
            count += byte & 0xC0 == 0x80 ? 0 : 1
            codePoints.append(count)
        }
        return grounding.supports.flatMap { support in
            let start = codePoints[min(support.byteRange.lowerBound, codePoints.count - 1)]
            let end = codePoints[min(support.byteRange.upperBound, codePoints.count - 1)]
            return support.sourceIndices.compactMap { index in
                grounding.sources.indices.contains(index)
                    ? citation(grounding.sources[index], start: start, end: end) : nil
            }
        }
    }

    private static func citation(_ source: Grounding.Source, start: Int, end: Int) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("type", literal: "url_citation")
        writer.field("start_index", start)
        writer.field("end_index", end)
        writer.field("url", source.uri)
        writer.field("title", source.title)
        writer.endObject()
        return writer.bytes
    }
}
