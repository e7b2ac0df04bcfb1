import Glibc
import IPC
import Platform

/// One worker process and the channel to it: what it was sent, what it reported, the connections it has.
final class WorkerProcess {
    /// How long a count of its open exchanges is good enough to choose by.
    static let loadCountLasts = Duration.milliseconds(20)
    /// How long it gets no connection after it returned one because it holds too much.
    static let loadRest = Duration.milliseconds(250)
    /// Numbered messages without an acknowledgement, at most; otherwise one follows every pulse.
    static let unacknowledgedMax: UInt64 = 256

    /// Unique among all processes of this supervisor, from 1.
    let number: Int
    let place: Int
    let ledger: Ledger
    let spawnedAt = MonotonicInstant.now
    let startedAtUnixSeconds = WallClock.unixSeconds
    var table: HandoffTable
    private(set) var confinementLevel: UInt8?
    private(set) var residentBytes = 0
    private(set) var droppedRecords = 0
    private(set) var lastPulseAt: MonotonicInstant
    private let child: any WorkerChild
    private var channel: Channel?
    private var hasExited = false
    private var hasChannelEnded = false
    private var restsUntil = MonotonicInstant(nanoseconds: 0)
    private var load = (count: 0, since: MonotonicInstant(nanoseconds: 0))
    private var lastNumber: UInt64 = 0
    private var acknowledged: UInt64 = 0
    private var onGone: (() -> Void)?
    private var emptyWaiters: [() -> Void] = []

    var pid: Int32 { child.pid }

    /// - Parameters:
    ///   - onMessage: every message in its order.
    ///   - onGone: called once, when the process has ended **and** its channel has been read to the end: only then does its
    ///     ledger say what its connections were doing.
    init(
        number: Int, place: Int, child: any WorkerChild, socket: consuming FileDescriptor, ledger: Ledger,
        onMessage: @escaping (WorkerProcess, IncomingMessage) -> Void,
        onGone: @escaping (WorkerProcess) -> Void
    ) throws(IPCError) {
        self.number = number
        self.place = place
        self.child = child
        self.ledger = ledger
        table = HandoffTable(slotCount: ledger.slotCount)
        lastPulseAt = .now
        self.onGone = { [unowned self] in onGone(self) }
        channel = try Channel(
            socket, onMessage: { [unowned self] in onMessage(self, $0) },
            onEnd: { [unowned self] in
                hasChannelEnded = true
                reportIfGone()
            })
        channel?.onEmpty = { [unowned self] in releaseEmptyWaiters() }
        child.onExit = { [weak self] _ in
            self?.hasExited = true
            self?.reportIfGone()
        }
    }

    func kill() {
        child.kill(SIGKILL)
    }

    /// - Throws: `queueFull` or `peerGone`; the message is then not on its way.
    func send(_ message: some IPCMessage, descriptors: DescriptorParcel? = nil) throws(IPCError) {
        guard let channel else { throw .peerGone }
        try channel.send(message, descriptors: descriptors)
    }

    /// Waits until its channel has taken everything that was sent.
    /// - Returns: false if it has not by `deadline`.
    func takesEverything(by deadline: MonotonicInstant) async -> Bool {
        guard let channel, !channel.isOver, channel.queuedBytes > 0 else { return true }
        return await withCheckedContinuation { waiter in
            var waiting: CheckedContinuation<Bool, Never>? = waiter
            let timer = LoopTimer {
                waiting.take()?.resume(returning: false)
            }
            timer.set(after: deadline > .now ? deadline - .now : .zero)
            emptyWaiters.append {
                timer.cancel()
                waiting.take()?.resume(returning: true)
            }
        }
    }

    private func reportIfGone() {
        guard hasExited, hasChannelEnded, let onGone else { return }
        self.onGone = nil
        releaseEmptyWaiters()
        onGone()
    }

    private func releaseEmptyWaiters() {
        let waiters = emptyWaiters
        emptyWaiters = []
        for waiter in waiters { waiter() }
    }

    // MARK: What it reports

    func noteReady(_ ready: Ready) {
        confinementLevel = ready.confinementLevel
        lastPulseAt = .now
    }

    func notePulse(_ pulse: Pulse) {
        residentBytes = Int(clamping: pulse.residentBytes)
        droppedRecords = Int(clamping: pulse.droppedRecords)
        lastPulseAt = .now
    }

    /// It returned a connection because it holds too much.
    func noteOverload() {
        restsUntil = .now + Self.loadRest
    }

    func isResting(at now: MonotonicInstant) -> Bool { now < restsUntil }

    /// A numbered message has been dealt with; the worker may forget it once it is acknowledged.
    func noteNumber(_ number: UInt64) {
        lastNumber = max(lastNumber, number)
        if lastNumber - acknowledged >= Self.unacknowledgedMax { acknowledge() }
    }

    func acknowledge() {
        guard lastNumber > acknowledged else { return }
        acknowledged = lastNumber
        // A full queue or a dead worker: the next acknowledgement covers this one.
        try? send(Ack(through: lastNumber))
    }

    // MARK: Connections

    /// Gives it a connection. The ledger slot is filled first, so that even a worker that dies at once leaves the truth.
    ///
    /// - Returns: false if it cannot take one now; the connection is then unchanged.
    func hand(_ connection: HandedConnection) -> Bool {
        guard let channel, let id = table.add(connection) else { return false }
        ledger[Int(id.slot)].fill(
            generation: id.generation, consumedAtStart: connection.record.consumedBefore,
            written: connection.record.written,
            now: EventLoop.now.nanoseconds)
        do throws(IPCError) {
            let socket = DescriptorParcel()
            socket.lend(connection.raw)
            try channel.send(
                Handoff(
                    connection: id, peer: connection.record.peer.text,
                    isPeerLoopback: connection.record.peer.isLoopback,
                    handedBefore: UInt8(clamping: connection.handedBefore),
                    consumedBefore: connection.record.consumedBefore, written: connection.record.written,
                    received: connection.record.received),
                descriptors: socket)
            load.count += 1
            return true
        } catch {
            _ = table.remove(id)
            ledger[Int(id.slot)].clear()
            return false
        }
    }

    /// Exchanges it has begun and not ended: what the ledger told a moment ago, and what it was given since.
    func openExchanges(at now: MonotonicInstant) -> Int {
        if now - load.since >= Self.loadCountLasts { load = (countOpenExchanges(), now) }
        return load.count
    }

    /// Lets go of handed bytes whose request the worker has read; tells the digests of those.
    /// - Parameter onRead: called for each connection whose worker has left the phase `reading` of the request handed over.
    func forgetBytesRead(_ onRead: (HandedConnection) -> Void) {
        table.forEach { slot, connection in
            guard !connection.record.received.isEmpty else { return }
            let state = ledger[slot].load()
            if state.phase == .reading, state.consumedAtStart == connection.record.consumedBefore { return }
            onRead(connection)
            connection.forgetBytes()
        }
    }

    private func countOpenExchanges() -> Int {
        var count = 0
        table.forEach { slot, _ in if ledger[slot].load().isBusy { count += 1 } }
        return count
    }
}
