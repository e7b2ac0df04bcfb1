/// What can happen to the scheduler.
public enum SchedulerEvent: Sendable, Equatable {
    /// The accounts as they are now, in the operator's order.
    case accountsChanged([AccountFacts])
    /// Other numbers from now on.
    case settingsChanged(SchedulerSettings)
    /// What was kept over a restart, after the accounts.
    case restored(SavedSchedule)
    case requested(LeaseAsk)
    /// The client left while the request waited for a lease.
    case cancelled(requestID: String)
    /// Content of this lease's attempt has reached the client.
    case committed(lease: String)
    /// The worker still works on these leases.
    case alive(leases: [String])
    case outcome(AttemptReport)
    /// The lease's account has no credential at this moment: nothing was sent to the upstream.
    case credentialFailed(lease: String, attemptClass: AttemptClass)
    /// The answer to `probe` or `confirmCredentials`: `success`, or the class of the failure.
    case probed(account: String, AttemptClass, isPermanent: Bool)
    /// Its owner has signed in again, or a refresh by hand went well.
    case reactivated(account: String)
    /// The operator takes all locks of an account away, or of all accounts.
    case limitsCleared(account: String?)
    /// The operator wants conversations to begin anew.
    case bindingsCleared
    /// The worker has died and its channel is read to the end.
    case workerGone(Int)
    /// Time went by, at the latest until `Scheduler.nextWake`: locks end, waiters are served or sent away, leases nobody
    /// names any more are taken back.
    case timePassed
}

extension SchedulerEvent {
    /// Whether accounts may have become free that nobody could count on.
    var mayOpenAnything: Bool {
        switch self {
        case .accountsChanged, .settingsChanged, .restored, .probed, .reactivated, .limitsCleared, .bindingsCleared:
            true
        case .requested, .cancelled, .committed, .alive, .outcome, .credentialFailed, .workerGone, .timePassed: false
        }
    }

    /// Whether the moment may have changed at which an account is looked at next.
    var mayMoveLooks: Bool {
        switch self {
        case .requested, .cancelled, .committed, .alive, .bindingsCleared, .workerGone: false
        case .outcome(let report): report.attemptClass != .success
        case .accountsChanged, .settingsChanged, .restored, .credentialFailed, .probed, .reactivated, .limitsCleared,
            .timePassed:
            true
        }
    }
}
