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
}
