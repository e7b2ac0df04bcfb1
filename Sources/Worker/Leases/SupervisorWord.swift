import APIErrors
import IPC

/// What the supervisor's reply means for the request that waits for it.
enum SupervisorWord {
    /// The first attempt.
    case begin(HeldLease)
    /// Another one, after a delay in nanoseconds.
    case tryAgain(HeldLease, delay: UInt64)
    /// No further attempt.
    case end(APIFailure)

    /// - Parameter failure: of the last attempt; it is the end where the supervisor names none.
    init(_ reply: LeaseTicket.Reply, after failure: AttemptFailure?) {
        switch reply {
        case .granted(let lease): self = .begin(lease)
        case .denied(let final): self = .end(APIFailure(final, after: failure))
        case .verdict(let verdict):
            if verdict.action != .finish, let terms = verdict.lease {
                self = .tryAgain(
                    HeldLease(terms, endpoint: verdict.endpoint),
                    delay: UInt64(verdict.delayMilliseconds) * 1_000_000)
            } else if let final = verdict.final {
                self = .end(APIFailure(final, after: failure))
            } else {
                self = .end(failure?.failure ?? APIFailure(.internalError))
            }
        }
    }
}
