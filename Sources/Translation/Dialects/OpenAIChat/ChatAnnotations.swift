import JSON

/// What an answer with search rests on: `annotations` whose indices count Unicode code points of the text, and the list of
/// sources that may be added to it.
struct ChatAnnotations {
    private let citations: [(range: Range<Int>, source: Grounding.Source)]

    /// - Parameter escaped: the text that the grounding speaks of.
    init(_ grounding: Grounding, text escaped: [UInt8]) {
        guard !grounding.supports.isEmpty else {
            citations = []
            return
        }
        // Code points before each byte: texts are long, and so are lists of stretches.
        var codePoints = [0]
        var count = 0
        for byte in JSONString(escaped: escaped).decoded.utf8 {
            // A stretch that ends inside a character ends before it.
            codePoints[codePoints.count - 1] = byte & 0xC0 == 0x80 ? count - 1 : count
            count += byte & 0xC0 == 0x80 ? 0 : 1
            codePoints.append(count)
        }
        citations = grounding.supports.flatMap { support in
            let start = codePoints[min(support.byteRange.lowerBound, codePoints.count - 1)]
            let end = codePoints[min(support.byteRange.upperBound, codePoints.count - 1)]
            return support.sourceIndices.compactMap { index in
                grounding.sources.indices.contains(index) ? (start..<max(start, end), grounding.sources[index]) : nil
            }
        }
    }

    var isEmpty: Bool { citations.isEmpty }

    func write(into writer: inout JSONWriter) {
        writer.name("annotations")
        writer.beginArray()
        for (range, source) in citations {
            writer.beginObject()
            writer.field("type", literal: "url_citation")
            writer.name("url_citation")
            writer.beginObject()
            writer.field("start_index", range.lowerBound)
            writer.field("end_index", range.upperBound)
            writer.field("url", source.uri)
            writer.field("title", source.title)
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
