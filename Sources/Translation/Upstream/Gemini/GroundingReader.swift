import JSON

/// Reads `groundingMetadata`.
enum GroundingReader {
    /// Nil if it names neither a query nor a source.
    static func read(_ node: JSONNode) -> Grounding? {
        var grounding = Grounding()
        for query in (node["webSearchQueries"] ?? node["web_search_queries"])?.elements.compactMap(\.string) ?? [] {
            grounding.queries.append(query)
        }
        for chunk in (node["groundingChunks"] ?? node["grounding_chunks"])?.elements.map(\.self) ?? [] {
            let web = chunk["web"]
            // Indices count all chunks: one without an address keeps its place.
            grounding.sources.append(
                Grounding.Source(uri: web?["uri"]?.string ?? "", title: web?["title"]?.string ?? ""))
        }
        for support in (node["groundingSupports"] ?? node["grounding_supports"])?.elements.map(\.self) ?? [] {
            if let support = self.support(support) { grounding.supports.append(support) }
        }
        return grounding.queries.isEmpty && grounding.sources.isEmpty ? nil : grounding
    }

    private static func support(_ node: JSONNode) -> Grounding.Support? {
        guard let segment = node["segment"] else { return nil }
        let start = max(0, (segment["startIndex"] ?? segment["start_index"])?.int ?? 0)
        guard let end = (segment["endIndex"] ?? segment["end_index"])?.int, end >= start else { return nil }
        let indices = (node["groundingChunkIndices"] ?? node["grounding_chunk_indices"])?.elements.compactMap(\.int)
        return Grounding.Support(byteRange: start..<end, sourceIndices: indices ?? [])
    }
}
