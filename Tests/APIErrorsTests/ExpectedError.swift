import APIErrors
import Testing

/// What each situation has to be in each family, written out a second time on purpose: a status or a word that changes
/// by accident is a changed answer for every client.
struct ExpectedError: Sendable, CustomTestStringConvertible {
    let situation: Situation
    /// Status, type / code.
    let openAI: String
    let anthropic: String
    let gemini: String
    /// `Retry-After` and `x-should-retry`, `-` for none.
    let retry: String
    var testDescription: String { "\(situation)" }

    /// - Parameter line: the four columns, separated by bars; the last may be left out.
    init(_ situation: Situation, _ line: String) {
        let columns = line.split(separator: "|").map { $0.split(separator: " ").joined(separator: " ") }
        self.situation = situation
        openAI = columns[0]
        anthropic = columns[1]
        gemini = columns[2]
        retry = columns.count > 3 ? columns[3] : "- -"
    }

    static let all = [
        ExpectedError(
            .unauthorized, "401 invalid_request_error/invalid_api_key | 401 authentication_error | 401 UNAUTHENTICATED"),
        ExpectedError(.forbidden, "403 permission_error/forbidden | 403 permission_error | 403 PERMISSION_DENIED"),
        ExpectedError(.badRequest, "400 invalid_request_error/null | 400 invalid_request_error | 400 INVALID_ARGUMENT"),
        ExpectedError(
            .contextTooLong,
            "400 invalid_request_error/context_length_exceeded | 400 invalid_request_error | 400 INVALID_ARGUMENT"),
        ExpectedError(
            .tooLarge, "413 invalid_request_error/request_too_large | 413 request_too_large | 413 INVALID_ARGUMENT"),
        ExpectedError(
            .modelNotFound, "404 invalid_request_error/model_not_found | 404 not_found_error | 404 NOT_FOUND"),
        ExpectedError(.unknownPath, "404 invalid_request_error/null | 404 not_found_error | 404 NOT_FOUND"),
        ExpectedError(.methodNotAllowed, "405 invalid_request_error/null | 405 not_found_error | 405 NOT_FOUND"),
        ExpectedError(
            .unsupported, "400 invalid_request_error/unsupported | 400 invalid_request_error | 400 UNIMPLEMENTED"),
        ExpectedError(
            .notImplemented,
            "501 invalid_request_error/unsupported | 501 invalid_request_error | 501 UNIMPLEMENTED | - false"),
        ExpectedError(
            .previousResponseNotFound,
            "400 invalid_request_error/previous_response_not_found | 400 invalid_request_error | 400 INVALID_ARGUMENT"),
        ExpectedError(.itemNotFound, "404 invalid_request_error/null | 404 not_found_error | 404 NOT_FOUND"),
        ExpectedError(
            .contentPolicy,
            "400 invalid_request_error/content_policy_violation | 400 invalid_request_error | 400 INVALID_ARGUMENT"),
        ExpectedError(
            .malformedHTTP, "400 invalid_request_error/null | 400 invalid_request_error | 400 INVALID_ARGUMENT"),
        ExpectedError(
            .targetTooLong, "414 invalid_request_error/null | 414 invalid_request_error | 414 INVALID_ARGUMENT"),
        ExpectedError(
            .fieldsTooLarge, "431 invalid_request_error/null | 431 invalid_request_error | 431 INVALID_ARGUMENT"),
        ExpectedError(
            .unmetExpectation, "417 invalid_request_error/null | 417 invalid_request_error | 417 INVALID_ARGUMENT"),
        ExpectedError(
            .unknownMethod, "501 invalid_request_error/null | 501 invalid_request_error | 501 UNIMPLEMENTED | - false"),
        ExpectedError(
            .unknownVersion, "505 invalid_request_error/null | 505 invalid_request_error | 505 UNIMPLEMENTED | - false"),
        ExpectedError(
            .requestTimeout, "408 invalid_request_error/request_timeout | 408 timeout_error | 408 DEADLINE_EXCEEDED"),
        ExpectedError(.noAccounts, "503 server_error/gateway_no_accounts | 503 api_error | 503 UNAVAILABLE | - false"),
        ExpectedError(
            .accountsUnusable, "503 server_error/gateway_accounts_unusable | 503 api_error | 503 UNAVAILABLE | - false"),
        ExpectedError(
            .allAccountsLimited,
            "429 rate_limit_error/gateway_all_accounts_limited | 429 rate_limit_error | 429 RESOURCE_EXHAUSTED | 5 -"),
        ExpectedError(
            .quotaExhausted,
            "429 insufficient_quota/gateway_quota_exhausted | 429 rate_limit_error | 429 RESOURCE_EXHAUSTED | 60 -"),
        ExpectedError(.busy, "429 rate_limit_error/gateway_busy | 429 rate_limit_error | 429 RESOURCE_EXHAUSTED | 1 -"),
        ExpectedError(
            .requestRejected,
            "429 rate_limit_error/upstream_request_rejected | 429 rate_limit_error | 429 RESOURCE_EXHAUSTED | 15 -"),
        ExpectedError(
            .overloaded, "503 server_error/upstream_overloaded | 529 overloaded_error | 503 UNAVAILABLE | 5 -"),
        ExpectedError(.upstreamError, "502 server_error/upstream_error | 502 api_error | 502 INTERNAL"),
        ExpectedError(.upstreamUnreachable, "502 server_error/upstream_unreachable | 502 api_error | 502 UNAVAILABLE"),
        ExpectedError(
            .upstreamTimeout, "504 server_error/upstream_timeout | 504 timeout_error | 504 DEADLINE_EXCEEDED"),
        ExpectedError(
            .locationBlocked,
            "503 server_error/upstream_location_blocked | 503 api_error | 503 FAILED_PRECONDITION | - false"),
        ExpectedError(
            .noImage, "502 server_error/no_image_generated | 502 api_error | 502 INTERNAL | - false"),
        ExpectedError(.noWorker, "503 server_error/gateway_no_worker | 503 api_error | 503 UNAVAILABLE | 1 -"),
        ExpectedError(.workerLost, "503 server_error/gateway_worker_lost | 503 api_error | 503 UNAVAILABLE | 1 -"),
        ExpectedError(
            .requestRefused, "503 server_error/gateway_request_refused | 503 api_error | 503 UNAVAILABLE | - false"),
        ExpectedError(.serviceDisabled, "503 server_error/service_disabled | 503 overloaded_error | 503 UNAVAILABLE"),
        ExpectedError(.memoryFull, "503 server_error/gateway_busy | 503 api_error | 503 UNAVAILABLE | 1 -"),
        ExpectedError(.internalError, "500 server_error/internal | 500 api_error | 500 INTERNAL"),
    ]
}
