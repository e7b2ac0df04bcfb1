import GoogleAPI
import JSON

/// Reads a body and applies every rule: what Google rejects is rejected, by the name of the rule.
nonisolated enum StrictValidator {
    /// Larger bodies are refused: the most that inline data may have, and room for everything else.
    static let bodySizeMaxBytes = inlineSizeMaxBytes + 1_048_576
    /// Base64 of all inline data of a request (Gemini API, "Input methods": about 20 MB inline).
    static let inlineSizeMaxBytes = 20_971_520

    /// Rules that are no row of a table, since they come before there is anything to look at.
    static let shapeRules: [(name: String, summary: String)] = [
        ("body-size", "a request has at most 21 MiB"), ("json", "a body is JSON"),
        ("unknown-name", "every member is one the service knows"),
        ("both-spellings", "no field is set twice or under both spellings"),
        ("value-type", "every value has its field's type"),
        ("bearer", "the bearer token is known and not expired"),
        ("key-missing", "the public API takes a key in x-goog-api-key, and nothing beside it"),
        ("count-both", "the public API counts contents or a whole request"),
        ("count-model", "a counted request names the model of the path"),
        ("page", "a page of the model list has 1 to 1000 entries and begins within it"),
    ]

    /// Every rule with what it demands, in the order in which they are tried.
    static var rules: [(name: String, summary: String)] {
        HeadRules.table.map { ($0.name, $0.summary) } + shapeRules + EmbeddingCall.rules
            + StrictRules.table.map { ($0.name, $0.summary) }
    }

    /// - Parameters:
    ///   - project: of the account whose token came along.
    ///   - isRequestIDRepeated: whether an id was used before.
    static func read(
        _ method: UpstreamCall.Method, body: [UInt8], project: String?,
        isRequestIDRepeated: (String) -> Bool = { _ in false }
    ) throws(Refusal) -> UpstreamCall {
        let document = try document(body)
        let message = method == .countTokens ? "CountTokensEnvelope" : "Envelope"
        if let refusal = ProtoShape.refusal(of: document.root, as: message) { throw refusal }
        let call = UpstreamCall(method, document.root, project: project, isRequestIDRepeated: isRequestIDRepeated)
        if let refusal = StrictRules.refusal(of: call) { throw refusal }
        return call
    }

    /// A set-up call: only its shape matters.
    static func readSetup(_ body: [UInt8], as message: String) throws(Refusal) -> JSONDocument {
        let document = try document(body)
        if let refusal = ProtoShape.refusal(of: document.root, as: message) { throw refusal }
        return document
    }

    private static func document(_ body: [UInt8]) throws(Refusal) -> JSONDocument {
        guard body.count <= bodySizeMaxBytes else {
            throw Refusal("body-size", "Request payload size exceeds the limit: \(bodySizeMaxBytes) bytes.")
        }
        do {
            return try JSONDocument(parsing: body)
        } catch {
            throw Refusal("json", "Invalid JSON payload received. \(error)")
        }
    }
}

nonisolated extension StrictValidator {
    /// A call of the public Gemini API: no envelope, so one is put around it before the rules look at it.
    static func readPublic(_ method: UpstreamCall.Method, model: String, body: [UInt8]) throws(Refusal) -> UpstreamCall
    {
        guard ModelCatalog.publicIDs.contains(model) else {
            throw Refusal(
                "model-unknown", "models/\(model.prefix(80)) is not found for API version v1beta.", status: 404)
        }
        let bare = try document(body)
        if let refusal = ProtoShape.refusal(
            of: bare.root, as: method == .countTokens ? "PublicCountRequest" : "PublicRequest")
        {
            throw refusal
        }
        var envelope: JSONObject = [
            "request": method == .countTokens ? try counted(bare.root, model) : bare.root.value()
        ]
        if method != .countTokens {
            envelope.append("model", .string(model))
            envelope.append("userPromptId", "public")
        }
        let root = try document(JSONValue.object(envelope).serialized).root
        let call = UpstreamCall(method, root, project: nil, isRequestIDRepeated: { _ in false }, api: .gemini)
        if let refusal = StrictRules.refusal(of: call) { throw refusal }
        return call
    }

    /// The request that is counted: bare contents, or a whole request that names the model of the path.
    private static func counted(_ root: JSONNode, _ model: String) throws(Refusal) -> JSONValue {
        guard let whole = root.field("generateContentRequest", "generate_content_request") else {
            var inner = root.value()
            inner["model"] = .string("models/\(model)")
            return inner
        }
        guard root.field("contents") == nil else {
            throw Refusal("count-both", "Only one of contents and generate_content_request can be set.")
        }
        guard whole.field("model")?.string == "models/\(model)" else {
            throw Refusal(
                "count-model", "The model must be models/\(model).", field: "generate_content_request.model")
        }
        return whole.value()
    }
}
