import Digest
import GoogleAPI
import JSON

/// What workers are told of the configuration: one JSON document per revision. It names no secret; the API key goes as
/// its hash.
nonisolated enum SnapshotDocument {
    static func encode(
        _ configuration: Configuration, isRunning: Bool, isTunnelOpen: Bool, revision: Int,
        authMode: Configuration.AuthMode,
        models: ModelTable,
        addresses: GoogleAddresses, userAgent: String
    ) -> [UInt8] {
        let values = JSONValue.object(configuration.values)
        let document: JSONObject = [
            "revision": .int(revision),
            // Empty: no key is set, and nothing opens the AI endpoints.
            "api_key_sha256": .string(
                configuration.apiKey.isEmpty ? "" : Hex.encode(SHA256.hash(Array(configuration.apiKey.utf8)))),
            "auth_mode": .string(authMode.rawValue),
            "is_enabled": .bool(isRunning),
            "is_tunnel_open": .bool(isTunnelOpen),
            "records_requests": .bool(configuration.recordsRequests),
            "custom_mapping": values[path: "proxy.custom_mapping"] ?? [:],
            "request_timeout": values[path: "proxy.request_timeout"] ?? 120,
            "cursor_reasoning_mode": .string(configuration.reasoningMode.rawValue),
            "experimental": values[path: "proxy.experimental"] ?? [:],
            "gateway": values["gateway"] ?? [:],
            "models": models.json,
            "deprecated_models": models.deprecatedJSON,
            "google_addresses": [
                "code_assist_bases": .array(addresses.codeAssistBases.map { .string($0) }),
                "gemini_base": .string(addresses.geminiBase),
            ],
            "upstream_proxy": configuration.upstreamProxy.map { .string($0) } ?? .null,
            "user_agent": .string(userAgent),
            "certificate_file": configuration.certificateFile.map { .string($0) } ?? .null,
            "limits": ["body_size_max_bytes": .int(configuration.connections.bodySizeMaxBytes)],
        ]
        return JSONValue.object(document).serialized
    }
}
