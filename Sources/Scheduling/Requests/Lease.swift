/// Permission for one worker to make one upstream attempt with one account. Made once and shared: it goes through effects and
/// states, and every copy of its texts would be counted.
public final class Lease: Sendable, Equatable {
    /// Unique over the life of the state folder: it begins with the scheduler's incarnation.
    public let id: String
    public let requestID: String
    /// 1-based number of the attempt within the request.
    public let attempt: Int
    public let worker: Int
    public let account: String
    /// Where the account stood in the operator's order when the lease was made.
    public let place: Int
    /// Index of the base address to use.
    public let endpoint: Int
    /// The one address of the public API, whose troubles are its own.
    public static let publicEndpoint = 255
    /// What must be true of the credential before the worker gets it.
    public let credential: CredentialDemand
    /// How the account was found.
    public let sticky: Sticky
    /// Milliseconds left for the whole request when the lease was made.
    public let totalMillisecondsLeft: Int

    init(
        id: String, requestID: String, attempt: Int, worker: Int, account: String, place: Int, endpoint: Int,
        credential: CredentialDemand, sticky: Sticky, totalMillisecondsLeft: Int
    ) {
        self.id = id
        self.requestID = requestID
        self.attempt = attempt
        self.worker = worker
        self.account = account
        self.place = place
        self.endpoint = endpoint
        self.credential = credential
        self.sticky = sticky
        self.totalMillisecondsLeft = totalMillisecondsLeft
    }

    public static func == (one: Lease, other: Lease) -> Bool {
        one === other
            || one.id == other.id && one.requestID == other.requestID && one.attempt == other.attempt
                && one.worker == other.worker && one.account == other.account && one.place == other.place
                && one.endpoint == other.endpoint && one.credential == other.credential && one.sticky == other.sticky
                && one.totalMillisecondsLeft == other.totalMillisecondsLeft
    }

    public enum Sticky: UInt8, Sendable {
        /// The request belongs to no conversation.
        case none = 0
        /// The operator's preferred account.
        case preferred = 1
        /// The conversation's account.
        case hit = 2
        /// A substitute, because the conversation's account cannot serve now.
        case detour = 3
        /// The first account of a conversation.
        case new = 4
    }
}

/// What an attempt needs beyond a fresh access token.
public enum CredentialDemand: Sendable, Equatable {
    case fresh
    /// The token used by that lease was refused: refresh, unless somebody has refreshed since.
    case refreshedAfter(lease: String)
    /// The project id was refused: forget it and resolve it again.
    case newProject
}
