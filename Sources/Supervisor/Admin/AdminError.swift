import HTTP
import JSON

/// A refusal of the admin API: status, a code for programs, a text for people. Never holds a secret.
nonisolated struct AdminError: Error, Sendable {
    let code: Code
    let message: String
    var details: JSONObject?
    /// The methods of the path, for `method_not_allowed`.
    var allow: [HTTPMethod] = []

    /// Admin API reference, "Errors".
    nonisolated enum Code: String, Sendable, CaseIterable {
        case invalidJSON = "invalid_json"
        case invalidRequest = "invalid_request"
        case invalidGrant = "invalid_grant"
        case unauthorized
        case notFound = "not_found"
        case accountNotFound = "account_not_found"
        case versionNotFound = "version_not_found"
        case storageNotFound = "storage_not_found"
        case importSourceNotFound = "import_source_not_found"
        case logNotFound = "log_not_found"
        case configFileNotFound = "config_file_not_found"
        case methodNotAllowed = "method_not_allowed"
        case requestTimeout = "request_timeout"
        case switchInProgress = "switch_in_progress"
        case reauthRequired = "reauth_required"
        /// A device version that is in use cannot be deleted.
        case versionInUse = "version_in_use"
        case oauthInProgress = "oauth_in_progress"
        case oauthNoFlow = "oauth_no_flow"
        case payloadTooLarge = "payload_too_large"
        case unsupportedMediaType = "unsupported_media_type"
        case importUnreadable = "import_unreadable"
        /// A client's file is there and is not understood; it stays as it is.
        case configFileUnreadable = "config_file_unreadable"
        case internalError = "internal"
        case upstreamError = "upstream_error"
        case stateUnavailable = "state_unavailable"
        case homeNotWritable = "home_not_writable"
        case upstreamTimeout = "upstream_timeout"
        case storageFull = "storage_full"
        case tunnelNotInstalled = "tunnel_not_installed"
        /// There is nothing of the kind for this machine.
        case notImplemented = "not_implemented"

        var status: Int {
            switch self {
            case .invalidJSON, .invalidRequest, .invalidGrant: 400
            case .unauthorized: 401
            case .notFound, .accountNotFound, .versionNotFound, .storageNotFound, .importSourceNotFound, .logNotFound,
                .configFileNotFound:
                404
            case .methodNotAllowed: 405
            case .requestTimeout: 408
            case .switchInProgress, .reauthRequired, .versionInUse, .oauthInProgress, .oauthNoFlow: 409
            case .payloadTooLarge: 413
            case .unsupportedMediaType: 415
            case .importUnreadable, .configFileUnreadable: 422
            case .internalError: 500
            case .notImplemented: 501
            case .upstreamError: 502
            case .stateUnavailable, .homeNotWritable, .tunnelNotInstalled: 503
            case .upstreamTimeout: 504
            case .storageFull: 507
            }
        }
    }

    init(_ code: Code, _ message: String, details: JSONObject? = nil, allow: [HTTPMethod] = []) {
        self.code = code
        self.message = message
        self.details = details
        self.allow = allow
    }

    /// A member of the body that is missing or does not fit; named in the text and in the details.
    static func field(_ name: String, _ complaint: String) -> AdminError {
        AdminError(.invalidRequest, "\(name) \(complaint)", details: ["field": .string(name)])
    }

    static func noAccount(_ id: String) -> AdminError {
        AdminError(.accountNotFound, "Account not found: \(id)", details: ["account_id": .string(id)])
    }

    static func storage(_ error: StorageError) -> AdminError {
        switch error {
        case .full: AdminError(.storageFull, "No room on the disk of the data folder; nothing was changed.")
        case .busy, .closed: AdminError(.stateUnavailable, "The state database cannot be used now.")
        default: AdminError(.internalError, "The state database refused the change.")
        }
    }
}
