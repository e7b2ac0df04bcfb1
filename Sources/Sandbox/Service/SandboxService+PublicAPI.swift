import GoogleAPI
import HTTP
import JSON
import Platform
import Transport

/// The public Gemini API with an API key: the inner request is the body, the model stands in the path.
extension SandboxService {
    func publicAPI(
        _ head: HTTPRequestHead, _ path: String, _ connection: ServerConnection, _ record: RequestRecord
    ) async throws(Refusal) -> AnswerPlan {
        let key = head.fields["x-goog-api-key"] ?? ""
        guard key.hasPrefix(SandboxAccount.apiKeyPrefix),
            let account = SandboxAccount(name: String(key.dropFirst(SandboxAccount.apiKeyPrefix.count)))
        else {
            let text = "API key not valid. Please pass a valid API key."
            return .whole(400, GoogleError.body(400, message: text, reason: "API_KEY_INVALID").serialized)
        }
        record.account = account.name
        let rest = path.dropFirst("/v1beta/models".count).drop { $0 == "/" }
        if head.method == .get { return try modelList(String(rest)) }
        let halves = rest.split(separator: ":", maxSplits: 1)
        guard head.method == .post, halves.count == 2, let method = UpstreamCall.Method(rawValue: String(halves[1]))
        else {
            throw Refusal("path", "Not found: \(head.method.name) \(path.prefix(200))", status: 404)
        }
        if let refusal = HeadRules.refusal(of: head, method) { throw refusal }
        let bytes = try await body(connection)
        log.keep(bytes, in: record)
        let model = String(halves[0])
        record.model = model
        let call = try StrictValidator.readPublic(method, model: model, body: bytes)
        return answer(call, account, isWrapped: false)
    }

    private func modelList(_ name: String) throws(Refusal) -> AnswerPlan {
        func item(_ id: String) -> JSONValue {
            let facts = ModelFacts.of(id)
            return [
                "name": .string("models/\(id)"), "version": "001", "displayName": .string(id),
                "inputTokenLimit": .int(facts.contextTokensMax), "outputTokenLimit": .int(facts.outputTokensMax),
                "supportedGenerationMethods": ["generateContent", "countTokens"],
            ]
        }
        if name.isEmpty {
            return .whole(200, (["models": .array(ModelCatalog.publicIDs.map(item))] as JSONValue).serialized)
        }
        guard ModelCatalog.publicIDs.contains(name) else {
            throw Refusal(
                "model-unknown", "models/\(name.prefix(80)) is not found for API version v1beta.", status: 404)
        }
        return .whole(200, item(name).serialized)
    }
}
