import APIErrors
import Digest
import HTTP
import IPC
import Platform

/// Gives AI requests to workers and knows what to do with each connection that comes back: returned, closed, or left
/// behind by a worker that died.
final class HandoffDesk {
    /// What the desk does with a connection that is no worker's any more.
    struct Exits {
        /// The supervisor's own loop serves it on.
        var serve: (consuming FileDescriptor, ConnectionRecord) -> Void
        /// These are its last bytes.
        var end: (consuming FileDescriptor, [UInt8]) -> Void
        /// One is gone; there may be room for another.
        var gone: () -> Void
    }

    private let pool: WorkerPool
    private let exits: Exits
    private var waitingRoom: WaitingRoom?
    private var poison = PoisonMemory()
    private var handedCount = 0
    var isStopping = false {
        didSet { if isStopping { refuseWaiting() } }
    }

    init(_ pool: WorkerPool, exits: Exits) {
        self.pool = pool
        self.exits = exits
        waitingRoom = WaitingRoom { [unowned self] in refuse($0, APIFailure(.noWorker)) }
    }

    /// Connections the workers have, and those that wait for one.
    var connectionCount: Int { handedCount + (waitingRoom?.count ?? 0) }

    /// An AI request whose head is complete.
    func take(_ socket: consuming FileDescriptor, _ record: ConnectionRecord, _ head: HTTPRequestHead) {
        let family = DialectFamily.of(path: head.path, fields: head.fields)
        let connection = HandedConnection(socket, record, family: family)
        if isStopping { return refuse(connection, APIFailure(.noWorker)) }
        if !poison.isEmpty {
            let digest = BodyDigest.of(record.received)
            connection.readingDigest = digest
            if poison.isRefused(digest, now: .now) { return refuse(connection, APIFailure(.requestRefused)) }
        }
        dispatch(connection)
    }

    /// A worker became ready, or rests no longer.
    func offerWaiting() {
        waitingRoom?.offer(give)
    }

    private func dispatch(_ connection: HandedConnection) {
        if give(connection) { return }
        if waitingRoom?.add(connection) == true { return }
        refuse(connection, APIFailure(.noWorker))
    }

    private func give(_ connection: HandedConnection) -> Bool {
        var tried: [Int] = []
        while let worker = pool.choose(except: tried) {
            if worker.hand(connection) {
                handedCount += 1
                return true
            }
            tried.append(worker.number)
        }
        return false
    }

    private func refuse(_ connection: HandedConnection, _ failure: APIFailure) {
        end(connection, LastWords.answer(failure, in: connection.family))
    }

    private func refuseWaiting() {
        waitingRoom?.offer { connection in
            refuse(connection, APIFailure(.noWorker))
            return true
        }
    }

    private func end(_ connection: HandedConnection, _ lastWords: [UInt8]) {
        guard let socket = connection.takeSocket() else { return }
        exits.end(socket, lastWords)
    }

    /// Connections that are idle in a worker, and since when. The worker sees the end of one and says `closed`.
    var idleConnections: [IdleConnection] {
        var idle: [IdleConnection] = []
        for worker in pool.processes {
            worker.table.forEach { slot, connection in
                let state = worker.ledger[slot].load()
                guard state.phase == .idle else { return }
                let raw = connection.raw
                idle.append(
                    IdleConnection(
                        since: MonotonicInstant(nanoseconds: state.sinceNanoseconds),
                        end: { SocketIO.shutdownBoth(raw) }))
            }
        }
        return idle
    }

    // MARK: What workers say of connections

    func returned(_ message: Returned, socket: consuming FileDescriptor, by worker: WorkerProcess) {
        worker.noteNumber(message.number)
        if message.reason == .load { worker.noteOverload() }
        // Unknown: the message came twice, or the slot has a new tenant; the descriptor closes here.
        guard let connection = worker.table.remove(message.connection) else { return }
        handedCount -= 1
        noteSurvived(connection)
        exits.serve(
            socket,
            ConnectionRecord(
                peer: connection.record.peer, received: message.received, consumedBefore: message.consumedBefore,
                written: message.written))
    }

    func closed(_ message: Closed, by worker: WorkerProcess) {
        worker.noteNumber(message.number)
        for id in message.connections {
            guard let connection = worker.table.remove(id) else { continue }
            handedCount -= 1
            noteSurvived(connection)
        }
        exits.gone()
    }

    // MARK: Poisoned requests

    func isRefused(_ bodyDigest: [UInt8]) -> Bool {
        !poison.isEmpty && poison.isRefused(bodyDigest, now: .now)
    }

    /// An exchange with this body ended well.
    func noteSuccess(_ bodyDigest: [UInt8]) {
        if !poison.isEmpty { poison.noteSuccess(of: bodyDigest) }
    }

    /// Looks after a running worker, twice a second.
    func inspected(_ worker: WorkerProcess) {
        forgetBytesRead(by: worker)
        if let waitingRoom, waitingRoom.count > 0 { offerWaiting() }
    }

    /// Lets go of handed bytes that a worker has read.
    func forgetBytesRead(by worker: WorkerProcess) {
        worker.forgetBytesRead(noteSurvived)
    }

    /// A worker has read the bytes it was handed and lives: they kill nobody.
    private func noteSurvived(_ connection: HandedConnection) {
        if let digest = connection.readingDigest { poison.noteSuccess(of: digest) }
    }

    // MARK: After a death

    /// Decides over every connection of a worker that has ended, by its ledger and what the kernel counted.
    func settle(_ dead: WorkerProcess) {
        for worker in pool.processes { forgetBytesRead(by: worker) }
        let now = MonotonicInstant.now
        handedCount -= dead.table.count
        for (slot, connection) in dead.table.removeAll() {
            let state = dead.ledger[slot].load()
            if state.isBusy { notePoison(state, connection, now) }
            let kernel = KernelCounters(of: connection.raw)
            let handed = DeathVerdict.Handed(
                byteCount: connection.record.received.isEmpty ? nil : connection.record.received.count,
                hadLease: state.hasLease,
                wasHandedBefore: connection.handedBefore > 0)
            obey(DeathVerdict.judge(state, kernel: kernel, handed: handed), connection, state, kernel)
        }
        exits.gone()
    }

    private func obey(
        _ verdict: DeathVerdict, _ connection: HandedConnection, _ state: LedgerSlot, _ kernel: KernelCounters?
    ) {
        let isFirstRequest = state.consumedAtStart == connection.record.consumedBefore
        let family = isFirstRequest ? connection.family : DialectFamily(rawValue: state.family) ?? .openAI
        let failure = APIFailure(.workerLost)
        switch verdict {
        case .serveHere:
            guard let kernel, let socket = connection.takeSocket() else { return }
            exits.serve(
                socket,
                ConnectionRecord(
                    peer: connection.record.peer, consumedBefore: kernel.consumed, written: kernel.written))
        case .anotherWorker:
            guard let again = connection.retried() else { return }
            if isStopping { refuse(again, failure) } else { dispatch(again) }
        case .refuse: end(connection, LastWords.answer(failure, in: family))
        case .endStream(let framing):
            let words =
                state.isResponse
                ? LastWords.responseEnd(
                    failure, written: (kernel?.written ?? 0) &- state.writtenAtStart, framing: framing)
                : LastWords.streamEnd(failure, in: family, framing: framing)
            end(connection, words)
        case .close: end(connection, [])
        }
    }

    private func notePoison(_ state: LedgerSlot, _ connection: HandedConnection, _ now: MonotonicInstant) {
        guard let digest = state.digestBytes ?? connection.digestOfReceived() else { return }
        let begunAt = MonotonicInstant(nanoseconds: state.sinceNanoseconds)
        if poison.noteDeath(of: digest, begunAt: begunAt, now: now) {
            Log.error(
                "request-refused", "a request was alive at the second death of a worker and is refused for a while")
        }
    }
}
