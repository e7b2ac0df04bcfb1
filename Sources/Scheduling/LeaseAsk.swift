/// What a request wants of the upstream; image and token-counting requests get fewer retries.
public enum LeaseOperation: UInt8, Sendable, CaseIterable {
    case generate = 0, countTokens, image, warmup, audio, embed
}

/// One client request that asks for an account. All attempts of the request share its id.
public struct LeaseAsk: Sendable, Equatable {
    public var requestID: String
    /// 1-based; asking again with the same number gives the same lease.
    public var attempt: Int
    /// The worker process that asks.
    public var worker: Int
    public var operation: LeaseOperation
    public var upstreamModel: String
    /// Only this account will do.
    public var pinnedAccount: String?
    /// Milliseconds left for everything up to the first content; no further attempt starts after it.
    public var scheduleMillisecondsLeft: Int
    /// Milliseconds left for the whole request.
    public var totalMillisecondsLeft: Int

    public init(
        requestID: String, attempt: Int, worker: Int, operation: LeaseOperation, upstreamModel: String,
        pinnedAccount: String? = nil, scheduleMillisecondsLeft: Int, totalMillisecondsLeft: Int
    ) {
        self.requestID = requestID
        self.attempt = attempt
        self.worker = worker
        self.operation = operation
        self.upstreamModel = upstreamModel
        self.pinnedAccount = pinnedAccount
        self.scheduleMillisecondsLeft = scheduleMillisecondsLeft
        self.totalMillisecondsLeft = totalMillisecondsLeft
    }
}
