import IPC
import Platform
import Translation

/// What all exchanges of the process share.
final class WorkerContext {
    let outbox: Outbox
    let leases: LeaseClient
    let signatures: SignatureClient
    let clients = UpstreamClients()
    let mediaClients = MediaClients()
    /// Counts from the next request on.
    var snapshot: WorkerSnapshot
    /// Keeps its caches for the life of the process.
    var codec = GoogleCodec()
    let models = ModelMemory()
    /// Encoded events on their way into a connection's queue: one buffer for all streams, empty between two turns.
    var scratch: [UInt8] = []
    /// Of bodies for the traffic log.
    var bodyAllowance = BodyAllowance()
    private(set) var openExchanges = 0
    let bodyRoom: BodyRoom

    init(outbox: Outbox, snapshot: WorkerSnapshot, bodyRoom: BodyRoom) {
        self.outbox = outbox
        self.bodyRoom = bodyRoom
        self.snapshot = snapshot
        leases = LeaseClient(outbox)
        signatures = SignatureClient(outbox)
    }

    func exchangeBegan() { openExchanges += 1 }
    func exchangeEnded() { openExchanges -= 1 }
}
