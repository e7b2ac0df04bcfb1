/// Why an exchange was ended from outside while it waited.
nonisolated enum ExchangeStop: Sendable, Equatable {
    case clientGone
    /// A limit of the deadline book has passed.
    case deadline(DeadlineBook.Due)
    /// The account of the lease was taken away.
    case leaseRevoked
    /// The drain limit has passed.
    case drainOver
    /// The supervisor has gone: there will be no lease.
    case supervisorGone
    /// Another of the answers side by side has failed: without it nobody wants this one.
    case unwanted

    /// Whether the exchange may go on without what has been stopped, once the limit has been taken back.
    var isOfAttempt: Bool {
        switch self {
        case .deadline(.firstContent), .deadline(.upstreamIdle): true
        default: false
        }
    }
}
