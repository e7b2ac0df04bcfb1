import JSON

/// `/api/config`.
final class ConfigAPI {
    private let config: ConfigStore

    init(config: ConfigStore) { self.config = config }

    /// `GET /api/config`
    func get(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer { .json(.object(config.shown)) }

    /// `POST /api/config`: puts a whole document in place of the stored one.
    func replace(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        let document = try Self.document(request.body)
        return try await Self.answer { () async throws(ConfigChangeError) in try await config.replace(by: document) }
    }

    /// `PATCH /api/config`: a merge patch (RFC 7396).
    func merge(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        let patch = try Self.wrapped(request.body) ?? request.body
        return try await Self.answer { () async throws(ConfigChangeError) in try await config.merge(patch) }
    }

    /// The document of `{"config": {...}}`, or the body itself when it is one.
    private static func document(_ body: JSONObject) throws(AdminError) -> JSONObject {
        if let document = try wrapped(body) { return document }
        guard body["proxy"]?.object != nil else {
            throw AdminError(
                .invalidRequest, "config is missing", details: ["field": "config", "missing": ["config"]])
        }
        return body
    }

    /// The member `config`; nil if there is none.
    private static func wrapped(_ body: JSONObject) throws(AdminError) -> JSONObject? {
        switch body["config"] {
        case nil: return nil
        case .object(let document)?: return document
        case _?: throw .field("config", "must be an object")
        }
    }

    private static func answer(
        _ change: () async throws(ConfigChangeError) -> ConfigChange
    ) async throws(AdminError) -> AdminAnswer {
        do throws(ConfigChangeError) {
            let change = try await change()
            return .json([
                "success": true,
                "restart_required": .array(change.restartRequired.map { .string($0) }),
                "overridden_by_env": .array(change.overriddenByEnvironment.map { .string($0) }),
            ])
        } catch {
            throw .config(error)
        }
    }
}

nonisolated extension AdminError {
    static func config(_ error: ConfigChangeError) -> AdminError {
        switch error {
        case .fault(.bad(let path, let complaint)): .field(path, complaint)
        case .fault(.missing(let paths)):
            AdminError(
                .invalidRequest, "missing: \(paths.joined(separator: ", "))",
                details: ["field": .string(paths.first ?? ""), "missing": .array(paths.map { .string($0) })])
        case .storage(let error): .storage(error)
        }
    }
}
