import APIErrors

/// The dialect's words for the ends of an answer.
enum ResponseWords {
    static func status(_ reason: FinishReason?) -> ResponseFrame.Status {
        switch reason {
        case .outputLimit: .incomplete("max_output_tokens")
        case .contentBlocked, .promptBlocked: .incomplete("content_filter")
        default: .completed
        }
    }

    /// What broke, in the codes that Codex acts on: it waits as long as the message of a limit says ("try again in 12s").
    static func failure(_ failure: APIFailure) -> ResponseFrame.Failure {
        switch failure.situation {
        case .allAccountsLimited, .busy, .requestRejected:
            let wait = failure.effectiveRetryAfterSeconds.map { " Please try again in \($0)s." } ?? ""
            return .init(code: "rate_limit_exceeded", message: failure.message + wait)
        case .contextTooLong: return .init(code: "context_length_exceeded", message: failure.message)
        case .quotaExhausted: return .init(code: "insufficient_quota", message: failure.message)
        case .overloaded, .noWorker, .workerLost, .memoryFull, .serviceDisabled:
            return .init(code: "server_is_overloaded", message: failure.message)
        default: return .init(code: "server_error", message: failure.message)
        }
    }
}
