/// What became of one upstream attempt, as far as the next step depends on it. The room that reads Google's answers
/// classifies; this room only acts on the class.
public enum AttemptClass: Sendable, Hashable, CaseIterable {
    case success
    /// The token endpoint refused the refresh token for good.
    case invalidGrant
    /// The token endpoint could not be asked.
    case refreshTransient
    /// The OAuth client is missing or refused: no account's fault.
    case clientRefused
    case validation, projectInvalid, forbidden, auth
    case location, repairable, tooLong, badRequest
    case modelNotFound, credits, capacity, quota, rate
    /// A 429 without reason and delay: may be about the account or about the request.
    case bareRefusal
    case overloaded, server, network, emptyStream, stall, notice
    case brokenAfterCommit, clientGone, deadline, workerLost

    /// Which of a request's three counters pays for the attempt that follows a failure of this class.
    var counter: RetryCounter? {
        switch self {
        case .rate, .bareRefusal, .capacity, .overloaded, .server, .network, .emptyStream, .stall: .retries
        case .invalidGrant, .refreshTransient, .clientRefused, .forbidden, .validation, .credits, .quota, .auth,
            .projectInvalid, .modelNotFound:
            .walk
        case .repairable: .repairs
        case .success, .location, .tooLong, .badRequest, .notice, .brokenAfterCommit, .clientGone, .deadline,
            .workerLost:
            nil
        }
    }

    /// Of several failed attempts the one with the highest number tells the client what is wrong: what the request
    /// itself got wrong before limits, limits before an ailing upstream, that before a broken network.
    var informativeness: Int {
        switch self {
        case .location, .repairable, .tooLong, .badRequest, .notice: 6
        case .credits, .quota, .rate, .bareRefusal: 5
        case .capacity, .overloaded, .server: 4
        case .modelNotFound, .clientRefused: 3
        case .invalidGrant, .validation, .forbidden, .auth, .projectInvalid: 2
        case .refreshTransient, .network, .emptyStream, .stall, .deadline: 1
        case .success, .brokenAfterCommit, .clientGone, .workerLost: 0
        }
    }
}

/// One counter for different things would let a walk over dead accounts eat the retries of a shaky network.
enum RetryCounter: Sendable { case retries, walk, repairs }
