import JSON

/// `embedContent` and `batchEmbedContents` (Gemini API reference, "Embeddings").
nonisolated struct EmbeddingCall: Sendable {
    enum Method: String, Sendable { case embedContent, batchEmbedContents }

    let method: Method
    let requests: [JSONNode]

    /// Every rule with what it demands.
    static let rules: [(name: String, summary: String)] = [
        ("embed-model-unknown", "the model makes embeddings"),
        ("embed-model", "`model` is `models/ID` of the path; a batch names it in each request"),
        ("embed-count", "a batch has 1 to 100 requests"),
        ("embed-content", "something with text is embedded"),
        ("embed-task", "the task type is a known one; a title goes with RETRIEVAL_DOCUMENT"),
        ("embed-size", "a vector has 1 to 3072 numbers"),
    ]

    static let sizeDefault = 3072
    private static let batchMax = 100
    private static let tasks: Set<String> = [
        "TASK_TYPE_UNSPECIFIED", "RETRIEVAL_QUERY", "RETRIEVAL_DOCUMENT", "SEMANTIC_SIMILARITY", "CLASSIFICATION",
        "CLUSTERING", "QUESTION_ANSWERING", "FACT_VERIFICATION", "CODE_RETRIEVAL_QUERY",
    ]

    static func read(_ word: String, model: String, body: [UInt8]) throws(Refusal) -> EmbeddingCall {
        guard ModelCatalog.embeddingIDs.contains(model) else {
            throw Refusal(
                "embed-model-unknown",
                "models/\(model.prefix(80)) is not found for API version v1beta, or is not supported for embedContent.",
                status: 404)
        }
        let method = Method(rawValue: word) ?? .embedContent
        let message = method == .embedContent ? "EmbedContentRequest" : "BatchEmbedContentsRequest"
        let root = try StrictValidator.readSetup(body, as: message).root
        let requests = method == .embedContent ? [root] : root.field("requests").map { Array($0.elements) } ?? []
        guard (1...batchMax).contains(requests.count) else {
            throw Refusal(
                "embed-count", "At most \(batchMax) requests can be in one batch, and one at least.", field: "requests")
        }
        for (index, request) in requests.enumerated() {
            let place = method == .embedContent ? "" : "requests[\(index)]."
            let isNamed = method == .batchEmbedContents
            if let refusal = refusal(of: request, at: place, model: model, isNamed: isNamed) { throw refusal }
        }
        return EmbeddingCall(method: method, requests: requests)
    }

    private static func refusal(of request: JSONNode, at place: String, model: String, isNamed: Bool) -> Refusal? {
        let named = request.field("model")?.string
        if named.map({ $0 != "models/\(model)" }) ?? isNamed {
            return Refusal("embed-model", "The model must be models/\(model).", field: place + "model")
        }
        let texts = request.field("content")?.field("parts")?.elements.compactMap { $0.field("text")?.string } ?? []
        if texts.isEmpty || texts.contains("") {
            return Refusal("embed-content", "content contains an empty Part.", field: place + "content")
        }
        let task = request.field("taskType", "task_type")?.string
        if task.map({ !tasks.contains($0) }) ?? false
            || request.field("title") != nil && task != "RETRIEVAL_DOCUMENT"
        {
            return Refusal("embed-task", "Invalid task type, or a title without one.", field: place + "task_type")
        }
        let size = request.field("outputDimensionality", "output_dimensionality")
        if let size, !(1...sizeDefault).contains(size.int ?? 0) {
            return Refusal(
                "embed-size", "output_dimensionality must be from 1 to \(sizeDefault).",
                field: place + "output_dimensionality")
        }
        return nil
    }

    var answer: JSONValue {
        let vectors = requests.map { JSONValue.object(["values": Self.vector(of: $0)]) }
        return method == .embedContent ? ["embedding": vectors[0]] : ["embeddings": .array(vectors)]
    }

    /// A vector of length one that the text alone decides: equal texts are equal vectors.
    private static func vector(of request: JSONNode) -> JSONValue {
        let size = request.field("outputDimensionality", "output_dimensionality")?.int ?? sizeDefault
        let texts = request.field("content")?.field("parts")?.elements.compactMap { $0.field("text")?.string } ?? []
        var state = texts.joined(separator: "\n").utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01b3
        }
        let raw = (0..<size).map { _ in
            // Knuth's MMIX generator: the upper bits are random enough.
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 11) / Double(1 << 52) - 1
        }
        let length = raw.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return .array(raw.map { .number("\($0 / length)") })
    }
}
