/// What an attempt ended with. The class alone decides what happens next: lock, retry, other account, answer.
///
/// Raw values travel between processes and stand in stored records: append, never renumber.
public enum OutcomeClass: UInt8, Sendable, CaseIterable {
    /// The refresh token is revoked, or the API key is none: the account is out.
    case invalidGrant = 0
    /// The token endpoint failed for the moment.
    case refreshTransient = 1
    /// The account's user must visit a page of Google first.
    case validation = 2
    /// The account's project id is empty, unknown or disabled.
    case projectInvalid = 3
    /// The account may not use the service.
    case forbidden = 4
    /// The access token is expired or revoked.
    case auth = 5
    /// Google does not serve the place this host calls from; true for every account.
    case location = 6
    /// The request can be repaired once: signatures, thinking configuration, shape of countTokens.
    case repairable = 7
    /// The prompt exceeds the model's limit.
    case tooLong = 8
    /// The request is wrong for every account.
    case badRequest = 9
    /// This account has no such model.
    case modelNotFound = 10
    /// Paid credits are used up.
    case credits = 11
    /// Google has no room for the model; no account's fault.
    case capacity = 12
    /// A quota window of minutes to days is used up.
    case quota = 13
    /// A short limit, per minute or so.
    case rate = 14
    /// 429 without reason and delay: may be the account's limit or the request's fault.
    case bare429 = 15
    case overloaded = 16
    case server = 17
    /// No response head came.
    case network = 18
    /// 200, and the stream ended without content.
    case emptyStream = 19
    /// 200, and no content in time.
    case stall = 20
    /// 200 whose whole answer is a notice of the service, such as "client version no longer supported".
    case notice = 21
    /// A failure after content went to the client.
    case brokenAfterCommit = 22
    case clientGone = 23
    case deadline = 24
    case workerLost = 25
    case success = 26
}
