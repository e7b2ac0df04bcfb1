import Platform
import Transport

/// One connection that the supervisor serves itself.
final class OwnConnection {
    let server: ServerConnection
    /// Since when it has waited for a request; nil while one is served.
    var idleSince: MonotonicInstant?
    private var farewell: LoopTimer?
    private var lastCall: LoopTimer?

    init(_ server: ServerConnection) {
        self.server = server
    }

    /// Ends it when it has been idle for `grace`, or becomes idle after that.
    /// - Parameter limit: for a request, head and body, to come whole.
    func leave(after grace: Duration, receivingWithin limit: Duration) {
        let farewell = LoopTimer { [server] in server.interrupt() }
        farewell.set(after: grace)
        self.farewell = farewell
        let lastCall = LoopTimer { [server] in server.endReceiving() }
        lastCall.set(after: limit)
        self.lastCall = lastCall
    }

    /// It waits, and no byte of a next request has come: it may be ended without a client noticing a lost request.
    var isIdle: Bool { idleSince != nil && server.isIdle }
}
