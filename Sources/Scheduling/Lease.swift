/// Permission for one worker to make one upstream attempt with one account.
public struct Lease: Sendable, Equatable {
    /// Unique over the life of the state folder: it begins with the scheduler's incarnation.
    public let id: String
    public let requestID: String
    /// 1-based number of the attempt within the request.
    public let attempt: Int
    public let worker: Int
    public let account: String
    /// Index of the base address to use.
    public let endpoint: Int
    /// What must be true of the credential before the worker gets it.
    public let credential: CredentialDemand
    /// Milliseconds left for the whole request when the lease was made.
    public let totalMillisecondsLeft: Int
}

/// What an attempt needs beyond a fresh access token.
public enum CredentialDemand: Sendable, Equatable {
    case fresh
    /// The token used by that lease was refused: refresh, unless somebody has refreshed since.
    case refreshedAfter(lease: String)
    /// The project id was refused: forget it and resolve it again.
    case newProject
}
