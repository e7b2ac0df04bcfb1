import Platform
import Transport

/// One connection that the supervisor serves itself.
final class OwnConnection {
    let server: ServerConnection
    /// Since when it has waited for a request; nil while one is served.
    var idleSince: MonotonicInstant?
    private var farewell: LoopTimer?

    init(_ server: ServerConnection) {
        self.server = server
    }

    /// Ends it when it has been idle for so long, or becomes idle after that.
    func leave(after grace: Duration) {
        let timer = LoopTimer { [server] in server.interrupt() }
        timer.set(after: grace)
        farewell = timer
    }

    /// It waits, and no byte of a next request has come: it may be ended without a client noticing a lost request.
    var isIdle: Bool { idleSince != nil && server.isIdle }
}
