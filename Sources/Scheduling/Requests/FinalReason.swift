/// Why a request ends without an answer: what the client is told, before any dialect gives it a form.
public enum FinalReason: Sendable, Hashable, CaseIterable {
    /// No account is configured.
    case noAccounts
    /// Every account needs its owner: disabled, refused, unvalidated.
    case accountsUnusable
    /// The OAuth client needs the operator.
    case clientRefused
    /// No account of a kind that can do this operation.
    case operationUnsupported
    /// Too many requests are known at once.
    case busy
    case rateLimited, quotaExhausted
    /// Several accounts answered a bare 429: the request itself is the likely cause.
    case requestRejected
    case overloaded, serverError, unreachable, timeout
    case modelNotFound, badRequest, tooLong, locationBlocked
    /// The upstream answered with a notice instead of an answer.
    case notice

    /// What a failure of this class means when it is the last word.
    init(_ attemptClass: AttemptClass) {
        switch attemptClass {
        case .rate: self = .rateLimited
        case .quota, .credits: self = .quotaExhausted
        case .bareRefusal: self = .requestRejected
        case .capacity, .overloaded: self = .overloaded
        case .server: self = .serverError
        case .network, .emptyStream, .refreshTransient, .brokenAfterCommit, .workerLost, .success: self = .unreachable
        case .stall, .deadline, .clientGone: self = .timeout
        case .auth, .forbidden, .validation, .invalidGrant, .projectInvalid: self = .accountsUnusable
        case .clientRefused: self = .clientRefused
        case .modelNotFound: self = .modelNotFound
        case .tooLong: self = .tooLong
        case .badRequest, .repairable: self = .badRequest
        case .location: self = .locationBlocked
        case .notice: self = .notice
        }
    }
}

/// The last word on a request.
public struct FinalVerdict: Sendable, Equatable {
    public let reason: FinalReason
    /// When asking again makes sense, if the upstream or the locks say so.
    public let retryAfterMilliseconds: Int?

    public init(_ reason: FinalReason, retryAfterMilliseconds: Int? = nil) {
        self.reason = reason
        self.retryAfterMilliseconds = retryAfterMilliseconds
    }
}
