import JSON

/// Grounding as `url_citation` annotations, whose indices count Unicode code points of the message.
enum ResponseAnnotations {
    /// One JSON object for each stretch of text and source.
    static func annotations(of grounding: Grounding, text escaped: [UInt8]) -> [[UInt8]] {
        Citation.all(of: grounding, text: escaped).map(annotation)
    }

    private static func annotation(_ citation: Citation) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("type", literal: "url_citation")
        writer.field("start_index", citation.range.lowerBound)
        writer.field("end_index", citation.range.upperBound)
        writer.field("url", citation.source.uri)
        writer.field("title", citation.source.title)
        writer.endObject()
        return writer.bytes
    }
}
