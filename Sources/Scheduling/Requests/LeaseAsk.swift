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
    /// Background work gives way: it never waits, never moves up a tier, and takes at most half of an account.
    public var isBackground: Bool
    /// Whose request it is: conversations, waiting and quarantine never mix two of them.
    public var apiKeyID: String
    public var upstreamModel: String
    /// Names of the conversation, the preferred one first; none: it has no name.
    public var sessions: [String]
    /// Stands for the client where there is no conversation.
    public var clientHint: String?
    /// Tells bodies apart; empty if the worker could not.
    public var bodyDigest: [UInt8]
    /// Only this account will do.
    public var pinnedAccount: String?
    /// Milliseconds left for everything up to the first content; no further attempt starts after it.
    public var scheduleMillisecondsLeft: Int
    /// Milliseconds left for the whole request.
    public var totalMillisecondsLeft: Int

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
