/// A worker's report on one lease. Reports may come twice and in any order; only the first one of a live lease counts.
public struct AttemptReport: Sendable, Equatable {
    public var requestID: String
    public var lease: String
    /// The worker process that reports, and that gets the answer.
    public var worker: Int
    public var attemptClass: AttemptClass
    /// The delay or the reset time the upstream stated, whichever was found.
    public var retryAfterMilliseconds: Int?
    /// The model that the upstream's error names: its quota is meant as well.
    public var errorModel: String?
    /// Where the owner can confirm the account.
    public var validationURL: String?
    /// The upstream says that it refuses the account for good.
    public var isPermanent: Bool
    /// A part of the answer has reached the client: nothing may be tried again.
    public var hasCommittedContent: Bool
    /// The worker would make another attempt. False: the request is over.
    public var wantsNext: Bool

    public init(
        requestID: String, lease: String, worker: Int, attemptClass: AttemptClass, retryAfterMilliseconds: Int? = nil,
        errorModel: String? = nil, validationURL: String? = nil, isPermanent: Bool = false, hasCommittedContent: Bool,
        wantsNext: Bool
    ) {
        self.requestID = requestID
        self.lease = lease
        self.worker = worker
        self.attemptClass = attemptClass
        self.retryAfterMilliseconds = retryAfterMilliseconds
        self.errorModel = errorModel
        self.validationURL = validationURL
        self.isPermanent = isPermanent
        self.hasCommittedContent = hasCommittedContent
        self.wantsNext = wantsNext
    }
}
