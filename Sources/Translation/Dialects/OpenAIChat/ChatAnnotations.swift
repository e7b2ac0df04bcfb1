import JSON

/// Grounding as `message.annotations`: citations whose indices count Unicode code points of `content`.
enum ChatAnnotations {
    static func write(_ grounding: Grounding, text escaped: [UInt8], into writer: inout JSONWriter) {
        let text = Array(JSONString(escaped: escaped).decoded.utf8)
        let citations = grounding.supports.flatMap { support in
            support.sourceIndices.compactMap { index in
                grounding.sources.indices.contains(index) ? (support.byteRange, grounding.sources[index]) : nil
            }
        }
        guard !citations.isEmpty else { return }
        writer.name("annotations")
        writer.beginArray()
        for (range, source) in citations {
            writer.beginObject()
            writer.field("type", literal: "url_citation")
            writer.name("url_citation")
            writer.beginObject()
            writer.field("start_index", codePoints(in: text, before: range.lowerBound))
            writer.field("end_index", codePoints(in: text, before: range.upperBound))
            writer.field("url", source.uri)
            writer.field("title", source.title)
            writer.endObject()
            writer.endObject()
        }
        writer.endArray()
    }

    private static func codePoints(in text: [UInt8], before offset: Int) -> Int {
        text.prefix(max(0, offset)).reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
    }
}
