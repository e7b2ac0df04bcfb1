import JSON

/// A web search as this dialect reports it: the query, the pages found, and the text cut where it rests on them.
struct MessagesSearch {
    struct Citation: Equatable {
        var source: Grounding.Source
        /// The beginning of what rests on the source.
        var citedText: String
    }

    struct Piece: Equatable {
        var text: JSONString
        var citations: [Citation]
    }

    /// Characters of `cited_text`.
    static let citedTextMax = 150
    /// Stretches of text that are looked at; what an answer claims beyond them is not cited.
    static let supportsMax = 512

    private let grounding: Grounding

    init(_ grounding: Grounding) { self.grounding = grounding }

    var query: String { grounding.queries.joined(separator: ", ") }

    /// The pages, each address once.
    var results: [Grounding.Source] {
        var seen: Set<String> = []
        return grounding.sources.filter { !$0.uri.isEmpty && seen.insert($0.uri).inserted }
    }

    /// Cuts the answer text at the bounds of its supports, which count bytes of UTF-8. A bound inside a character moves in front
    /// of it. Supports may overlap: each stretch names every source that covers it.
    func pieces(of escaped: [UInt8]) -> [Piece] {
        let text = Array(JSONString(escaped: escaped).decoded.utf8)
        guard !text.isEmpty else { return [] }
        let supports = usableSupports(in: text)
        let bounds = Set([0, text.count] + supports.flatMap { [$0.range.lowerBound, $0.range.upperBound] }).sorted()
        var stretches: [(range: Range<Int>, sources: [Int])] = []
        var open: [(range: Range<Int>, sources: [Int])] = []
        var next = 0
        for (start, end) in zip(bounds, bounds.dropFirst()) {
            open.removeAll { $0.range.upperBound <= start }
            while next < supports.count, supports[next].range.lowerBound <= start {
                open.append(supports[next])
                next += 1
            }
            var seen: Set<Int> = []
            let sources = open.flatMap(\.sources).filter { seen.insert($0).inserted }
            if let last = stretches.last, last.sources == sources {
                stretches[stretches.count - 1].range = last.range.lowerBound..<end
            } else {
                stretches.append((start..<end, sources))
            }
        }
        return stretches.map { piece(String(decoding: text[$0.range], as: UTF8.self), $0.sources) }
    }

    private func piece(_ text: String, _ sources: [Int]) -> Piece {
        let cited = String(text.prefix(Self.citedTextMax))
        return Piece(
            text: JSONString(text),
            citations: sources.map { Citation(source: grounding.sources[$0], citedText: cited) })
    }

    /// Supports that say something about the text, in order, with ranges that begin and end between characters.
    private func usableSupports(in text: [UInt8]) -> [(range: Range<Int>, sources: [Int])] {
        grounding.supports.prefix(Self.supportsMax).compactMap { support in
            let sources = support.sourceIndices.filter {
                grounding.sources.indices.contains($0) && !grounding.sources[$0].uri.isEmpty
            }
            let start = Self.bound(support.byteRange.lowerBound, in: text)
            let end = Self.bound(support.byteRange.upperBound, in: text)
            return sources.isEmpty || start >= end ? nil : (start..<end, sources)
        }.sorted { $0.0.lowerBound < $1.0.lowerBound }
    }

    private static func bound(_ offset: Int, in text: [UInt8]) -> Int {
        var bound = min(max(0, offset), text.count)
        while bound > 0, bound < text.count, text[bound] & 0xC0 == 0x80 { bound -= 1 }
        return bound
    }
}

// MARK: Members

extension MessagesSearch {
    func writeResults(into writer: inout JSONWriter) {
        writer.name("content")
        writer.beginArray()
        for result in results {
            writer.beginObject()
            writer.field("type", literal: "web_search_result")
            writer.field("url", result.uri)
            writer.field("title", result.title)
            writer.field("encrypted_content", literal: "")
            writer.name("page_age")
            writer.null()
            writer.endObject()
        }
        writer.endArray()
    }
}

extension MessagesSearch.Citation {
    func write(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("type", literal: "web_search_result_location")
        writer.field("url", source.uri)
        writer.field("title", source.title)
        writer.field("encrypted_index", literal: "")
        writer.field("cited_text", citedText)
        writer.endObject()
    }
}
