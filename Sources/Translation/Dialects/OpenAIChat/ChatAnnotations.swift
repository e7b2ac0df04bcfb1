import JSON

/// What an answer with search rests on: `annotations` whose indices count Unicode code points of the text, and the list of
/// sources that may be added to it.
struct ChatAnnotations {
    private let citations: [Citation]

    /// - Parameter escaped: the text that the grounding speaks of.
    init(_ grounding: Grounding, text escaped: [UInt8]) { citations = Citation.all(of: grounding, text: escaped) }

    var isEmpty: Bool { citations.isEmpty }

    func write(into writer: inout JSONWriter) {
        writer.name("annotations")
        writer.beginArray()
        for citation in citations {
            writer.beginObject()
            writer.field("type", literal: "url_citation")
            writer.name("url_citation")
            writer.beginObject()
            writer.field("start_index", citation.range.lowerBound)
            writer.field("end_index", citation.range.upperBound)
            writer.field("url", citation.source.uri)
            writer.field("title", citation.source.title)
            writer.endObject()
            writer.endObject()
        }
        writer.endArray()
    }

    /// The sources as a numbered list behind the text, each address once; empty without sources.
    static func list(_ grounding: Grounding) -> JSONString {
        var seen: Set<String> = []
        let sources = grounding.sources.filter { !$0.uri.isEmpty && seen.insert($0.uri).inserted }
        let lines = sources.enumerated().map { "\($0 + 1). \($1.title.isEmpty ? "" : $1.title + ": ")\($1.uri)" }
        return JSONString(lines.isEmpty ? "" : "\n\n" + lines.joined(separator: "\n"))
    }
}
