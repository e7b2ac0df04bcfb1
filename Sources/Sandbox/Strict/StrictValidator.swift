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
    ]

    /// Every rule with what it demands, in the order in which they are tried.
    static var rules: [(name: String, summary: String)] {
        HeadRules.table.map { ($0.name, $0.summary) } + shapeRules + StrictRules.table.map { ($0.name, $0.summary) }
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
        let known = ModelFacts.previewAliases[model] ?? model
        let bare = try document(body)
        if let refusal = ProtoShape.refusal(
            of: bare.root, as: method == .countTokens ? "PublicCountRequest" : "PublicRequest")
        {
            throw refusal
        }
        var inner = bare.root.value()
        if method == .countTokens { inner["model"] = .string("models/\(known)") }
        var envelope: JSONObject = ["request": inner]
        if method != .countTokens {
            envelope.append("model", .string(known))
            envelope.append("userPromptId", "public")
        }
        return try read(method, body: JSONValue.object(envelope).serialized, project: nil)
    }
}
