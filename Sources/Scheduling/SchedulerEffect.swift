/// What the scheduler wants done. The caller performs effects in order.
public enum SchedulerEffect: Sendable, Equatable {
    /// Fetch the credential the lease demands, then give it to the worker as the answer to its request.
    case grant(Lease)
    case deny(requestID: String, worker: Int, FinalVerdict)
    /// The request waits for about so long; its answer comes later.
    case wait(requestID: String, worker: Int, milliseconds: Int, WaitReason)
    /// Answer to an outcome that asked for a next attempt.
    case verdict(Verdict)
    /// The lease's account was removed or disabled: the worker finishes this answer and starts nothing more with it.
    case revoke(Lease)
    /// The account is in another state: show it, and keep it.
    case accountState(account: String, AccountState)
    /// Find out with a quota read whether the account works again, and say so by `probed`.
    case probe(account: String)
    /// Find out with one refresh whether the account's refresh token is really dead, and say so by `probed`.
    case confirmCredentials(account: String)
    /// Read the account's quota: a limit has no reset time, or its time has come.
    case readQuota(account: String)
}

/// What a waiting request waits for.
public enum WaitReason: String, Sendable, Equatable {
    case busy, rate, quota, capacity, model
}

/// The answer to a failed attempt.
public struct Verdict: Sendable, Equatable {
    public enum Action: Sendable, Equatable {
        /// Try again with the same account.
        case same(Lease, delayMilliseconds: Int)
        /// Try again with another account.
        case other(Lease, delayMilliseconds: Int)
        /// Try again with the same account at the lease's base address.
        case endpoint(Lease, delayMilliseconds: Int)
        /// Give up. Nil if the lease is not known: whoever asks has had the last word already.
        case end(FinalVerdict?)
    }
    public let requestID: String
    /// The lease whose outcome is answered.
    public let lease: String
    public let worker: Int
    public let action: Action

    public init(requestID: String, lease: String, worker: Int, action: Action) {
        self.requestID = requestID
        self.lease = lease
        self.worker = worker
        self.action = action
    }
}
