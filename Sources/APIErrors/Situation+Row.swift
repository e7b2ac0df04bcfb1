/// One line of the table of errors.
struct ErrorRow {
    /// HTTP status; Anthropic has one of its own for overload.
    var status: Int
    var openAIType: String
    /// nil is written as null.
    var openAICode: String?
    var anthropicType: String
    var geminiStatus: String
    /// Seconds of `Retry-After` when the failure says nothing.
    var retryAfterSeconds: Int?
    /// `x-should-retry` when the failure says nothing; nil leaves the decision to the client.
    var shouldRetry: Bool?
    /// The message when the failure has none.
    var message: String
}

extension Situation {
    /// The table of errors: the one place where a situation becomes a status and the words of each family.
    ///
    /// The words are those of the vendors' API references ("Errors"). The official SDKs retry 408, 409, 429 and 5xx by
    /// themselves and obey `x-should-retry`. An upstream's 401 or 403 never becomes one of ours: coding clients would
    /// log their user out.
    var row: ErrorRow {
        switch self {
        case .unauthorized, .forbidden, .badRequest, .contextTooLong, .tooLarge, .modelNotFound, .unknownPath,
            .methodNotAllowed, .unsupported, .notImplemented, .previousResponseNotFound, .itemNotFound,
            .contentPolicy:
            clientRow
        case .malformedHTTP, .targetTooLong, .fieldsTooLarge, .unmetExpectation, .unknownMethod, .unknownVersion,
            .requestTimeout:
            protocolRow
        case .noAccounts, .accountsUnusable, .allAccountsLimited, .quotaExhausted, .busy: accountRow
        case .requestRejected, .overloaded, .upstreamError, .upstreamUnreachable, .upstreamTimeout, .locationBlocked,
            .noImage:
            upstreamRow
        case .noWorker, .workerLost, .requestRefused, .serviceDisabled, .memoryFull, .internalError: gatewayRow
        }
    }

    private var clientRow: ErrorRow {
        switch self {
        case .unauthorized:
            .client(
                401, "invalid_api_key", "authentication_error", "UNAUTHENTICATED", "The API key is missing or wrong.")
        case .forbidden:
            ErrorRow(
                status: 403, openAIType: "permission_error", openAICode: "forbidden", anthropicType: "permission_error",
                geminiStatus: "PERMISSION_DENIED", message: "This request is not permitted.")
        case .contextTooLong:
            .client(
                400, "context_length_exceeded", "invalid_request_error", "INVALID_ARGUMENT",
                "prompt is too long for this model")
        case .tooLarge:
            .client(413, "request_too_large", "request_too_large", "INVALID_ARGUMENT", "The request body is too large.")
        case .modelNotFound:
            .client(404, "model_not_found", "not_found_error", "NOT_FOUND", "The model does not exist.")
        case .unknownPath:
            .client(404, nil, "not_found_error", "NOT_FOUND", "There is nothing at this path.")
        case .methodNotAllowed:
            .client(405, nil, "not_found_error", "NOT_FOUND", "This path does not take this method.")
        case .previousResponseNotFound:
            .client(
                400, "previous_response_not_found", "invalid_request_error", "INVALID_ARGUMENT",
                "The previous response is not kept here; send the whole conversation.")
        case .itemNotFound:
            .client(404, nil, "not_found_error", "NOT_FOUND", "The item is not kept here; send it whole.")
        case .unsupported:
            .client(
                400, "unsupported", "invalid_request_error", "UNIMPLEMENTED", "This feature is not supported here.")
        case .notImplemented:
            .client(
                501, "unsupported", "invalid_request_error", "UNIMPLEMENTED", "This feature is not supported here.",
                shouldRetry: false)
        case .contentPolicy:
            .client(
                400, "content_policy_violation", "invalid_request_error", "INVALID_ARGUMENT",
                "The upstream's content filter blocked this request or its answer.")
        default:
            .client(400, nil, "invalid_request_error", "INVALID_ARGUMENT", "The request is not valid.")
        }
    }

    private var protocolRow: ErrorRow {
        switch self {
        case .targetTooLong:
            .client(414, nil, "invalid_request_error", "INVALID_ARGUMENT", "The request line is too long.")
        case .fieldsTooLarge:
            .client(431, nil, "invalid_request_error", "INVALID_ARGUMENT", "The header fields are too large.")
        case .unmetExpectation:
            .client(417, nil, "invalid_request_error", "INVALID_ARGUMENT", "The expectation cannot be met.")
        case .unknownMethod:
            .client(
                501, nil, "invalid_request_error", "UNIMPLEMENTED", "This method is not served here.",
                shouldRetry: false)
        case .unknownVersion:
            .client(
                505, nil, "invalid_request_error", "UNIMPLEMENTED", "Only HTTP/1.0 and HTTP/1.1 are served here.",
                shouldRetry: false)
        case .requestTimeout:
            .client(408, "request_timeout", "timeout_error", "DEADLINE_EXCEEDED", "The request did not come in time.")
        default:
            .client(400, nil, "invalid_request_error", "INVALID_ARGUMENT", "The request is not valid HTTP.")
        }
    }

    private var accountRow: ErrorRow {
        switch self {
        case .noAccounts:
            .server(503, "gateway_no_accounts", "No account is configured.", shouldRetry: false)
        case .accountsUnusable:
            .server(503, "gateway_accounts_unusable", "Every account needs its owner.", shouldRetry: false)
        case .quotaExhausted:
            .limited("insufficient_quota", "gateway_quota_exhausted", "The quota of every account is used up.", 60)
        case .busy:
            .limited("rate_limit_error", "gateway_busy", "Too many requests are waiting.", 1)
        default:
            .limited("rate_limit_error", "gateway_all_accounts_limited", "Every account is limited for a while.", 5)
        }
    }

    private var upstreamRow: ErrorRow {
        switch self {
        case .requestRejected:
            .limited("rate_limit_error", "upstream_request_rejected", "The upstream rejected this request.", 15)
        case .overloaded:
            .server(
                503, "upstream_overloaded", "The upstream is overloaded.", anthropic: "overloaded_error", retryAfter: 5)
        case .upstreamUnreachable:
            .server(502, "upstream_unreachable", "The upstream could not be reached or gave no answer.")
        case .upstreamTimeout:
            .server(
                504, "upstream_timeout", "The upstream did not answer in time.", anthropic: "timeout_error",
                gemini: "DEADLINE_EXCEEDED")
        case .locationBlocked:
            .server(
                503, "upstream_location_blocked", "The upstream does not serve this location.",
                gemini: "FAILED_PRECONDITION", shouldRetry: false)
        case .noImage:
            .server(502, "no_image_generated", "The upstream made no image.", gemini: "INTERNAL", shouldRetry: false)
        default:
            .server(502, "upstream_error", "The upstream failed.", gemini: "INTERNAL")
        }
    }

    private var gatewayRow: ErrorRow {
        switch self {
        case .noWorker:
            .server(503, "gateway_no_worker", "No worker is ready.", retryAfter: 1)
        case .workerLost:
            .server(503, "gateway_worker_lost", "The worker that held this request has ended.", retryAfter: 1)
        case .requestRefused:
            .server(
                503, "gateway_request_refused", "This request has ended two workers; it is refused for a while.",
                shouldRetry: false)
        case .serviceDisabled:
            .server(503, "service_disabled", "Proxy service is currently disabled", anthropic: "overloaded_error")
        case .memoryFull:
            .server(503, "gateway_busy", "Other requests hold the memory for bodies.", retryAfter: 1)
        default:
            .server(500, "internal", "The gateway failed.", gemini: "INTERNAL")
        }
    }
}

extension ErrorRow {
    fileprivate static func client(
        _ status: Int, _ code: String?, _ anthropic: String, _ gemini: String, _ message: String,
        shouldRetry: Bool? = nil
    ) -> ErrorRow {
        ErrorRow(
            status: status, openAIType: "invalid_request_error", openAICode: code, anthropicType: anthropic,
            geminiStatus: gemini, shouldRetry: shouldRetry, message: message)
    }

    fileprivate static func limited(_ type: String, _ code: String, _ message: String, _ retryAfter: Int) -> ErrorRow {
        ErrorRow(
            status: 429, openAIType: type, openAICode: code, anthropicType: "rate_limit_error",
            geminiStatus: "RESOURCE_EXHAUSTED", retryAfterSeconds: retryAfter, message: message)
    }

    fileprivate static func server(
        _ status: Int, _ code: String, _ message: String, anthropic: String = "api_error",
        gemini: String = "UNAVAILABLE", retryAfter: Int? = nil, shouldRetry: Bool? = nil
    ) -> ErrorRow {
        ErrorRow(
            status: status, openAIType: "server_error", openAICode: code, anthropicType: anthropic,
            geminiStatus: gemini, retryAfterSeconds: retryAfter, shouldRetry: shouldRetry, message: message)
    }
}
