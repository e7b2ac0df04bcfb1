/// What can happen to the scheduler.
public enum SchedulerEvent: Sendable, Equatable {
    /// The accounts as they are now, in the operator's order.
    case accountsChanged([AccountFacts])
    case requested(LeaseAsk)
    /// The client left while the request waited for a lease.
    case cancelled(requestID: String)
    /// Content of this lease's attempt has reached the client.
    case committed(lease: String)
    /// The worker still works on these leases.
    case alive(leases: [String])
    case outcome(AttemptReport)
    /// The lease's account cannot be spoken for now: nothing was sent to the upstream.
    case credentialFailed(lease: String, attemptClass: AttemptClass)
    /// The worker has died and its channel is read to the end.
    case workerGone(Int)
    /// Time went by; leases nobody names any more are taken back.
    case timePassed
}
