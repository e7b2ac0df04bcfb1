/// What an upstream result means.
public struct Classification: Sendable, Equatable {
    public var outcome: OutcomeClass
    /// How long to wait by upstream's word, milliseconds, rounded up; nil if it named no usable delay.
    public var retryAfterMilliseconds: Int?
    /// Until the quota window reopens; for `quota` and `credits` only.
    public var resetAfterMilliseconds: Int?
    /// `reason` of the ErrorInfo detail, or the token endpoint's error code.
    public var reason: String?
    /// The model that the ErrorInfo detail names.
    public var errorModel: String?
    /// Page that the account's user must visit; https addresses of Google only.
    public var validationURL: String?
    /// Upstream's text, fit for clients: no token, e-mail address, project id or address in it.
    public var message: String
    /// Where the delay stood.
    public var delaySource: DelaySource?

    public init(
        _ outcome: OutcomeClass, retryAfterMilliseconds: Int? = nil, resetAfterMilliseconds: Int? = nil,
        reason: String? = nil, errorModel: String? = nil, validationURL: String? = nil, message: String = "",
        delaySource: DelaySource? = nil
    ) {
        self.outcome = outcome
        self.retryAfterMilliseconds = retryAfterMilliseconds
        self.resetAfterMilliseconds = resetAfterMilliseconds
        self.reason = reason
        self.errorModel = errorModel
        self.validationURL = validationURL
        self.message = message
        self.delaySource = delaySource
    }
}

/// The places where a delay can stand in an upstream answer. Raw values travel between processes.
public enum DelaySource: UInt8, Sendable, CaseIterable {
    /// The HTTP header `Retry-After`.
    case header = 0
    /// `retryDelay` of a RetryInfo detail.
    case retryInfo = 1
    /// `quotaResetTimeStamp` in a detail's metadata.
    case resetTimestamp = 2
    /// `quotaResetDelay` in a detail's metadata.
    case resetDelay = 3
    /// The number `error.retry_after`.
    case errorMember = 4
    /// A phrase of the message such as "reset after 2h3m4s".
    case message = 5
}
