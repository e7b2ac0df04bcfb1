/// What a request wants of the upstream; image and token-counting requests get fewer retries.
public enum LeaseOperation: UInt8, Sendable, CaseIterable {
    case generate = 0, countTokens, image, warmup, audio, embed
}

/// One client request that asks for an account. All attempts of the request share its id. Made once and shared: it is an event, then
/// part of a state, and every copy of its texts would be counted.
public final class LeaseAsk: Sendable, Equatable {
    public let requestID: String
    /// 1-based; asking again with the same number gives the same lease.
    public let attempt: Int
    /// The worker process that asks.
    public let worker: Int
    public let operation: LeaseOperation
    /// Background work gives way: it never waits, never moves up a tier, and takes at most half of an account.
    public let isBackground: Bool
    /// Whose request it is: conversations, waiting and quarantine never mix two of them.
    public let apiKeyID: String
    public let upstreamModel: String
    /// Names of the conversation, the preferred one first; none: it has no name.
    public let sessions: [String]
    /// Stands for the client where there is no conversation.
    public let clientHint: String?
    /// Tells bodies apart; empty if the worker could not.
    public let bodyDigest: [UInt8]
    /// Only this account will do.
    public let pinnedAccount: String?
    /// Milliseconds left for everything up to the first content; no further attempt starts after it.
    public let scheduleMillisecondsLeft: Int
    /// Milliseconds left for the whole request.
    public let totalMillisecondsLeft: Int

    public init(
        requestID: String, attempt: Int, worker: Int, operation: LeaseOperation, isBackground: Bool = false,
        apiKeyID: String = "none", upstreamModel: String, sessions: [String] = [], clientHint: String? = nil,
        bodyDigest: [UInt8] = [], pinnedAccount: String? = nil, scheduleMillisecondsLeft: Int,
        totalMillisecondsLeft: Int
    ) {
        self.requestID = requestID
        self.attempt = attempt
        self.worker = worker
        self.operation = operation
        self.isBackground = isBackground
        self.apiKeyID = apiKeyID
        self.upstreamModel = upstreamModel
        self.sessions = sessions
        self.clientHint = clientHint
        self.bodyDigest = bodyDigest
        self.pinnedAccount = pinnedAccount
        self.scheduleMillisecondsLeft = scheduleMillisecondsLeft
        self.totalMillisecondsLeft = totalMillisecondsLeft
    }

    public static func == (one: LeaseAsk, other: LeaseAsk) -> Bool {
        one === other
            || one.requestID == other.requestID && one.attempt == other.attempt && one.worker == other.worker
                && one.operation == other.operation && one.isBackground == other.isBackground
                && one.apiKeyID == other.apiKeyID && one.upstreamModel == other.upstreamModel
                && one.sessions == other.sessions && one.clientHint == other.clientHint
                && one.bodyDigest == other.bodyDigest && one.pinnedAccount == other.pinnedAccount
                && one.scheduleMillisecondsLeft == other.scheduleMillisecondsLeft
                && one.totalMillisecondsLeft == other.totalMillisecondsLeft
    }
}

extension LeaseOperation {
    /// Whether requests of this kind belong to conversations at all.
    var hasSession: Bool {
        switch self {
        case .generate, .audio: true
        case .countTokens, .image, .warmup, .embed: false
        }
    }
}
