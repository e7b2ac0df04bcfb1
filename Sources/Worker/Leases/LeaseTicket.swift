import IPC

/// The place where an exchange finds the supervisor's answer to its question.
final class LeaseTicket {
    /// What is large is boxed: see `HeldLease`.
    enum Reply {
        case granted(HeldLease)
        indirect case denied(FinalError)
        indirect case verdict(LeaseVerdict)
    }

    let requestID: String
    let control: ExchangeControl
    private var reply: Reply?
    /// The lease that is held at the moment.
    var leaseID: String?

    init(requestID: String, control: ExchangeControl) {
        self.requestID = requestID
        self.control = control
    }

    /// Says outright that nothing here needs the loop to be freed: one is freed per request.
    nonisolated deinit {}

    func answer(_ reply: Reply) {
        self.reply = reply
        control.wake()
    }

    func revoke(_ mode: LeaseRevoke.Mode) {
        switch mode {
        case .drain: control.forbidRetry()
        case .abort: control.stop(.leaseRevoked)
        }
    }

    func supervisorGone() {
        control.forbidRetry()
        if leaseID == nil { control.stop(.supervisorGone) }
    }

    /// Waits for an answer. nil: the exchange was stopped.
    func wait() async -> Reply? {
        while isOpen { await control.park() }
        return take()
    }

    /// Neither has an answer come nor was the exchange stopped.
    var isOpen: Bool { reply == nil && control.stop == nil }

    /// What ended the wait, as `wait` returns it.
    func take() -> Reply? {
        guard control.stop == nil else { return nil }
        return reply.take()
    }
}
