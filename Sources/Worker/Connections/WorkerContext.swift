import IPC
import Platform
import Translation

/// What all exchanges of the process share.
final class WorkerContext {
    /// Client bodies that may be in memory at once: half of the soft limit of a worker.
    static let bodiesSizeMaxBytes = 256 * 1024 * 1024

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
    private(set) var bodyBytes = 0

    init(outbox: Outbox, snapshot: WorkerSnapshot) {
        self.outbox = outbox
        self.snapshot = snapshot
        leases = LeaseClient(outbox)
        signatures = SignatureClient(outbox)
    }

    func exchangeBegan() { openExchanges += 1 }
    func exchangeEnded() { openExchanges -= 1 }

    /// Takes room for a body; false when others hold it.
    func reserveBody(_ byteCount: Int) -> Bool {
        guard bodyBytes + byteCount <= Self.bodiesSizeMaxBytes else { return false }
        bodyBytes += byteCount
        return true
    }

    func releaseBody(_ byteCount: Int) { bodyBytes -= byteCount }
}
