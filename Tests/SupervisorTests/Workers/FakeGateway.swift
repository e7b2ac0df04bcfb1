import APIErrors
import HTTP
import IPC
import Platform
import Testing

@testable import Supervisor

/// A pool with fake workers and a desk whose exits only note what came out.
@MainActor final class FakeGateway: LeaseKeeper, SignatureKeeper, TrafficKeeper {
    static let softMemoryLimitBytes = 200 << 20
    private(set) var workers: [FakeWorker] = []
    private(set) var pool: WorkerPool!
    private(set) var desk: HandoffDesk!
    private(set) var served: [ConnectionRecord] = []
    private(set) var ended: [[UInt8]] = []
    private(set) var gone: [Int] = []
    private(set) var requests: [LeaseRequest] = []
    private var sockets: [CInt] = []
    /// Kept open: a client that has gone gets no answer.
    private var clients: [TestClient] = []
    /// What a spawned fake does at once.
    var onSpawn: (FakeWorker) -> Void = { $0.ready() }
    var canSpawn = true

    init(workers count: Int, slots: Int = 16) throws {
        pool = try WorkerPool(
            WorkerPool.Options(
                workerCount: count, executablePath: "/bin/true", softMemoryLimitBytes: Self.softMemoryLimitBytes,
                ledgerSlots: slots, version: "test"),
            snapshot: Array("{}".utf8),
            spawn: { [unowned self] _, _ in
                guard canSpawn else { throw SystemError(call: "execveat", errno: 2) }
                let pair = try SocketIO.pair(.sequencedPackets)
                let worker = try FakeWorker(pid: Int32(1000 + workers.count), socket: pair.second)
                workers.append(worker)
                let onSpawn = onSpawn
                EventLoop.atEndOfTurn { onSpawn(worker) }
                return SpawnedWorker(child: worker.child, channel: pair.first)
            })
        desk = HandoffDesk(
            pool,
            exits: HandoffDesk.Exits(
                serve: { [unowned self] in
                    sockets.append($0.release())
                    served.append($1)
                },
                end: { [unowned self] in
                    sockets.append($0.release())
                    ended.append($1)
                }, gone: {}))
        let inbox = WorkerInbox(pool: pool, desk: desk, leases: self, signatures: self, traffic: self)
        pool.start(
            WorkerPool.Events(
                message: { inbox.receive($0, from: $1) }, ready: { [desk] in desk?.offerWaiting() },
                gone: { inbox.gone($0) }, inspected: { [desk] in desk?.inspected($0) }))
    }

    /// Hands a request in as the front door would. The client's end is returned.
    @discardableResult func ask(_ text: String = "GET /v1/models HTTP/1.1\r\nHost: a\r\n\r\n") async throws
        -> TestClient
    {
        let client = try await TestClient.connected()
        clients.append(client)
        let bytes = Array(text.utf8)
        let head = try #require(HTTPRequestHead.of(text))
        try client.send(bytes)
        let server = try await client.accepted()
        try await client.readAtServer(server.raw, count: bytes.count)
        desk.take(server, ConnectionRecord(peer: .local, received: bytes), head)
        return client
    }

    func endedText(_ index: Int) -> String { index < ended.count ? String(decoding: ended[index], as: UTF8.self) : "" }

    func request(_ message: LeaseRequest, worker: Int) { requests.append(message) }
    func cancel(_ message: LeaseCancel, worker: Int) {}
    func progress(_ message: LeaseProgress, worker: Int) {}
    func alive(_ message: LeaseAlive, worker: Int) {}
    func outcome(_ message: LeaseOutcome, worker: Int) {}
    func exchangeEnd(_ message: ExchangeEnd, worker: Int) {}
    func note(_ end: ExchangeEnd, worker: Int) {}
    func find(_ message: SignatureFind, for worker: Int) {}
    func keep(_ message: SignatureKeep) {}
    func forget(_ message: SignatureForget) {}
    func workerGone(_ worker: Int) { gone.append(worker) }
}

extension HTTPRequestHead {
    static func of(_ text: String) -> HTTPRequestHead? {
        var parser = RequestHeadParser()
        return Array(text.utf8).withUnsafeBytes { bytes in (try? parser.parse(bytes))?.head }
    }
}

/// Waits for something the loop is about to do, and records an issue if it does not within two seconds.
@MainActor func eventually(
    _ what: String, within limit: Duration = .seconds(20), location: SourceLocation = #_sourceLocation,
    _ condition: () -> Bool
) async {
    let deadline = MonotonicInstant.now + limit
    while !condition() {
        guard MonotonicInstant.now < deadline else {
            Issue.record("did not happen: \(what)", sourceLocation: location)
            return
        }
        try? await Task.sleep(for: .milliseconds(2))
    }
}
