import APIErrors
import GoogleAPI

extension OutcomeClass {
    /// What the client is told when this was the last word of an attempt and the supervisor has none of its own.
    nonisolated var situation: Situation {
        switch self {
        case .rate: .allAccountsLimited
        case .quota, .credits: .quotaExhausted
        case .bare429: .requestRejected
        case .capacity, .overloaded: .overloaded
        case .server: .upstreamError
        case .network, .emptyStream, .brokenAfterCommit, .refreshTransient: .upstreamUnreachable
        case .stall, .deadline: .upstreamTimeout
        case .auth, .forbidden, .validation, .invalidGrant, .projectInvalid: .accountsUnusable
        case .modelNotFound: .modelNotFound
        case .tooLong: .contextTooLong
        case .badRequest, .repairable: .badRequest
        case .location: .locationBlocked
        case .notice: .upstreamError
        case .workerLost: .workerLost
        case .clientGone, .success: .internalError
        }
    }

    /// Whether the upstream's own words may stand in the answer: only where the request itself is at fault.
    nonisolated var showsUpstreamText: Bool {
        switch self {
        case .tooLong, .badRequest, .repairable: true
        default: false
        }
    }
}
