import JSON

/// Reads `logprobsResult` (Gemini API, "LogprobsResult").
enum LogprobsReader {
    /// Nil if it names no token.
    static func read(_ node: JSONNode) -> TokenLogprobs? {
        guard let chosen = (node["chosenCandidates"] ?? node["chosen_candidates"])?.elements else { return nil }
        // One list of alternatives for each token, in the same order.
        var lists = (node["topCandidates"] ?? node["top_candidates"])?.elements.map(\.self).makeIterator()
        var tokens: [TokenLogprobs.Token] = []
        for element in chosen {
            let alternatives = lists?.next()?["candidates"]?.elements.compactMap(candidate) ?? []
            guard let chosen = candidate(element) else { continue }
            tokens.append(TokenLogprobs.Token(chosen: chosen, top: alternatives))
        }
        return tokens.isEmpty ? nil : TokenLogprobs(tokens)
    }

    private static func candidate(_ node: JSONNode) -> TokenLogprobs.Candidate? {
        guard let token = node["token"]?.text else { return nil }
        // A probability of one is left out, like every zero.
        let number = (node["logProbability"] ?? node["log_probability"])?.numberText ?? "0"
        return TokenLogprobs.Candidate(token: token, logprob: number)
    }
}
