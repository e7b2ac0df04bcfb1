/// One way to go on after a failed attempt. A class has a row of them, tried from left to right.
enum RetryStep: Sendable, Equatable {
    /// The next base address with the same account.
    case endpoint
    /// The same account once more, once per account and class in a request.
    case same
    /// As `same`, only for a stated delay short enough, and with no other account to go to or a conversation that is to stay.
    case sameIfShortAndAlone
    /// The same account when its limit is over: for conversations that are to stay with their account.
    case waitForBound
    /// Another account, once per request for this class.
    case otherOnce
    /// Another account.
    case other
}

/// How long to wait before the next attempt.
enum RetryDelay: Sendable, Equatable {
    case none
    /// Uniform between zero and this many milliseconds: spreads simultaneous moves.
    case spread(Int)
    /// Full jitter: uniform between zero and `min(cap, base * 2^k)`, k counting the request's earlier retries.
    case fullJitter(base: Int, cap: Int)
}

extension AttemptClass {
    /// The row of the retry table for this class; empty means the client gets the failure.
    var steps: [RetryStep] {
        switch self {
        case .invalidGrant, .refreshTransient, .clientRefused, .forbidden, .validation, .credits, .quota: [.other]
        case .auth, .projectInvalid: [.same, .other]
        case .rate: [.sameIfShortAndAlone, .waitForBound, .other]
        case .bareRefusal: [.other]
        case .capacity: [.endpoint, .otherOnce]
        case .overloaded, .server: [.endpoint, .other]
        case .network: [.endpoint, .same, .other]
        case .emptyStream: [.other, .same]
        case .stall, .modelNotFound: [.other]
        case .repairable: [.same]
        case .success, .location, .tooLong, .badRequest, .notice, .brokenAfterCommit, .clientGone, .deadline,
            .workerLost:
            []
        }
    }

    var delay: RetryDelay {
        switch self {
        case .rate, .bareRefusal: .spread(50)
        case .capacity: .fullJitter(base: 1_000, cap: 5_000)
        case .overloaded, .server: .fullJitter(base: 250, cap: 4_000)
        case .network: .fullJitter(base: 100, cap: 1_000)
        default: .none
        }
    }
}
