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
        guard let key = head.fields["x-goog-api-key"], head.fields["authorization"] == nil else {
            throw Refusal(
                "key-missing", "Method doesn't allow unregistered callers. Please use API Key in x-goog-api-key alone.",
                status: 403)
        }
        guard let account = accounts.account(apiKey: key) else {
            let text = "API key not valid. Please pass a valid API key."
            return .whole(400, GoogleError.body(400, message: text, reason: "API_KEY_INVALID").serialized)
        }
        record.account = account.name
        if account.has(.keyforbidden) {
            let text = "Your API key was reported as leaked. Please use another API key."
            return .whole(403, GoogleError.body(403, message: text).serialized)
        }
        let rest = path.dropFirst("/v1beta/models".count).drop { $0 == "/" }
        if head.method == .get { return try PublicModelList.answer(String(rest), head.queryItems) }
        let halves = rest.split(separator: ":", maxSplits: 1)
        guard head.method == .post, halves.count == 2 else { throw Self.unknownMethod(head, path) }
        let model = String(halves[0])
        let word = String(halves[1])
        let generation = UpstreamCall.Method(rawValue: word)
        guard generation != nil || EmbeddingCall.Method(rawValue: word) != nil else {
            throw Self.unknownMethod(head, path)
        }
        if let refusal = HeadRules.refusal(of: head, generation) { throw refusal }
        let bytes = try await body(connection)
        log.keep(bytes, in: record)
        record.model = model
        if let method = generation {
            return answer(try StrictValidator.readPublic(method, model: model, body: bytes), account, isWrapped: false)
        }
        let embedding = try EmbeddingCall.read(word, model: model, body: bytes)
        return scripts.take(word, account: account.name, model: model, text: "")
            .map { $0.plan(writer(model: model), isStream: false) } ?? .whole(200, embedding.answer.serialized)
    }

    private static func unknownMethod(_ head: HTTPRequestHead, _ path: String) -> Refusal {
        Refusal("path", "Not found: \(head.method.name) \(path.prefix(200))", status: 404)
    }
}

/// `GET /v1beta/models` and its single entries.
nonisolated enum PublicModelList {
    private static let pageSizeDefault = 50

    static func answer(_ name: String, _ query: QueryItems) throws(Refusal) -> AnswerPlan {
        let all = ModelCatalog.publicIDs + ModelCatalog.embeddingIDs
        guard name.isEmpty else {
            guard all.contains(name) else {
                throw Refusal(
                    "model-unknown", "models/\(name.prefix(80)) is not found for API version v1beta.", status: 404)
            }
            return .whole(200, item(name).serialized)
        }
        let size = query["pageSize"].flatMap { Int($0) } ?? pageSizeDefault
        let start = query["pageToken"].flatMap { Int($0) } ?? 0
        guard (1...1000).contains(size), (0...all.count).contains(start) else {
            throw Refusal("page", "Invalid page size or page token.")
        }
        let end = min(start + size, all.count)
        var list: JSONObject = ["models": .array(all[start..<end].map(item))]
        if end < all.count { list.append("nextPageToken", .string(String(end))) }
        return .whole(200, JSONValue.object(list).serialized)
    }

    private static func item(_ id: String) -> JSONValue {
        let facts = ModelFacts.of(id)
        let embeds = ModelCatalog.embeddingIDs.contains(id)
        return [
            "name": .string("models/\(id)"), "version": "001", "displayName": .string(id),
            "inputTokenLimit": .int(embeds ? 2048 : facts.contextTokensMax),
            "outputTokenLimit": .int(embeds ? 1 : facts.outputTokensMax),
            "supportedGenerationMethods": embeds ? ["embedContent"] : ["generateContent", "countTokens"],
        ]
    }
}
