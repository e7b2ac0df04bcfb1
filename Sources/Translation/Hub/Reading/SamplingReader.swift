import APIErrors
import JSON

/// Reads sampling fields and limits by the names all dialects share.
enum SamplingReader {
    static func read(_ body: JSONNode, into sampling: inout Sampling) throws(APIFailure) {
        sampling.temperature = try RequestReading.number(body, "temperature")
        sampling.topP = try RequestReading.number(body, "top_p")
        sampling.topK = try RequestReading.number(body, "top_k")
        sampling.outputTokensMax = try limit(body, "max_completion_tokens")
        if sampling.outputTokensMax == nil { sampling.outputTokensMax = try limit(body, "max_output_tokens") }
        if sampling.outputTokensMax == nil { sampling.outputTokensMax = try limit(body, "max_tokens") }
        if let node = body.given("stop") ?? body.given("stop_sequences") { sampling.stopSequences = try stops(node) }
        // A seed outside 32 bits keeps its low bits: it stays a seed, and the same one for the same request.
        sampling.seed = try RequestReading.int(body, "seed").map { Int(Int32(truncatingIfNeeded: $0)) }
        // Dropped for nearly every model, like penalties. Completions give a number in place of a flag.
        if body.given("logprobs")?.bool == true {
            sampling.logprobs = min(max(body.given("top_logprobs")?.int ?? 0, 0), Sampling.logprobsMax)
        }
        sampling.presencePenalty = penalty(body.given("presence_penalty"))
        sampling.frequencyPenalty = penalty(body.given("frequency_penalty"))
    }

    @inline(__always)
    private static func limit(_ body: JSONNode, _ name: StaticString) throws(APIFailure) -> Int? {
        guard let limit = try RequestReading.int(body, name) else { return nil }
        guard limit >= 1 else { throw .badRequest("\(name) must be at least 1", param: "\(name)") }
        return limit
    }

    /// Penalties are dropped for nearly every model, so a wrong one is no reason to refuse a request.
    static func penalty(_ node: JSONNode?) -> NumberText? { node.flatMap(NumberText.init) }

    static func stops(_ node: JSONNode) throws(APIFailure) -> [JSONString] {
        let words: [JSONString]
        switch node.kind {
        case .string: words = [node.text].compactMap(\.self)
        case .array: words = node.elements.compactMap(\.text)
        default: throw RequestReading.refuse(node, "must be a string or an array of strings")
        }
        return Array(words.filter { !$0.isEmpty }.prefix(Sampling.stopSequencesMax))
    }
}
