import Glibc
import IPC
import Platform

/// The workers: as many places as configured, each kept occupied, watched, replaced.
final class WorkerPool {
    /// Pulses come every second; later than this, new connections go elsewhere.
    static let pulseLateAfter = Duration.milliseconds(1500)
    /// Without a pulse for so long, judged only when the channel has been read empty, the process is killed.
    static let pulseLostAfter = Duration.seconds(10)
    /// How often pulses, memory and the bytes kept for requests are looked at.
    static let inspectionPeriod = Duration.milliseconds(500)
    /// How long a channel may take to accept a snapshot; then its worker is replaced.
    static let publishLimit = Duration.seconds(1)
    /// What the pool tells the rest of the supervisor.
    struct Events {
        var message: (IncomingMessage, WorkerProcess) -> Void
        /// A worker can be given connections.
        var ready: () -> Void
        /// A process has ended and its channel was read to the end.
        var gone: (WorkerProcess) -> Void
        /// Each inspection, with a running process.
        var inspected: (WorkerProcess) -> Void
    }

    struct Options {
        var workerCount: Int
        var executablePath: String
        /// Above so much resident memory a worker is drained and replaced.
        var softMemoryLimitBytes = WorkerMemoryBudget.softLimitMaxBytes
        /// From the spawn to `ready`.
        var readyLimit = WorkerLifecycle.readyDeadline
        /// How long a replaced worker's streams may go on.
        var rollLimit = Duration.seconds(3600)
        /// Slots of each ledger: connections a worker can have.
        var ledgerSlots = Ledger.slotsMax
        /// Of the product, for the workers' log.
        var version: String
    }

    /// Starts the program for a place.
    typealias Spawn = (WorkerExecutable, Int) throws -> SpawnedWorker

    let options: Options
    let places: [WorkerPlace]
    var executable: WorkerExecutable
    var events: Events?
    /// The reason why the last rolling restart changed nothing, or not everything.
    var rollFailure: String?
    private(set) var isStopping = false
    private let spawnProcess: Spawn
    private let ownPidfd: FileDescriptor
    private var snapshot: Snapshot
    private var spawnedCount = 0
    private var inspection: LoopTimer?
    private var suspects: Set<Int> = []
    private var onEmpty: (() -> Void)?
    let rolls = RollQueue()

    /// - Parameter snapshot: the configuration the first workers get.
    init(
        _ options: Options, snapshot: [UInt8], spawn: @escaping Spawn
    ) throws {
        self.options = options
        self.snapshot = Snapshot(revision: 1, document: snapshot)
        spawnProcess = spawn
        executable = try WorkerExecutable(opening: options.executablePath)
        ownPidfd = try ProcessFacts.openOwnPidfd()
        places = (0..<options.workerCount).map(WorkerPlace.init)
    }

    func start(_ events: Events) {
        self.events = events
        for place in places {
            let seat = makeSeat(place, executable: { [unowned self] in executable })
            place.main = seat
            seat.start()
        }
        let timer = LoopTimer { [unowned self] in inspect() }
        timer.set(after: Self.inspectionPeriod)
        inspection = timer
    }

    private func makeSeat(_ place: WorkerPlace, executable: @escaping () -> WorkerExecutable) -> WorkerSeat {
        WorkerSeat(place: place.index, readyLimit: options.readyLimit, executable: executable, owner: self)
    }

    var processes: [WorkerProcess] { places.flatMap(\.seats).compactMap(\.process) }

    func process(number: Int) -> WorkerProcess? {
        // Asked for each message to a worker: without the lists that `processes` makes.
        for place in places {
            if let process = place.process(number: number) { return process }
        }
        return nil
    }

    private func seat(of process: WorkerProcess) -> WorkerSeat? {
        places[process.place].seats.first { $0.process === process }
    }

    /// The worker to give a connection to: ready, not overloaded, its pulse in time, with the fewest open exchanges. Workers
    /// whose pulse is late are used when there is no other.
    func choose(except excluded: [Int] = []) -> WorkerProcess? {
        let now = EventLoop.now
        var best: (process: WorkerProcess, isLate: Bool, load: Int)?
        for place in places {
            guard let seat = place.main, seat.isReady, let process = seat.process, !process.table.isFull,
                !process.isResting(at: now), !excluded.contains(process.number)
            else { continue }
            let isLate = now - process.lastPulseAt > Self.pulseLateAfter
            let load = places.count == 1 ? 0 : process.openExchanges(at: now)
            if let found = best, (found.isLate ? 1 : 0, found.load) <= (isLate ? 1 : 0, load) { continue }
            best = (process, isLate, load)
        }
        return best?.process
    }

    /// A message for the worker with this number; one that is gone has no use for it.
    func send(_ message: any IPCMessage, to number: Int) {
        guard let process = process(number: number) else { return }
        do throws(IPCError) {
            try process.send(message)
        } catch {
            Log.warning("worker-deaf", "a worker does not read its channel", ["pid": process.pid])
            seat(of: process)?.foundUnresponsive()
        }
    }

    /// As `send`, for what the worker can do without: one that has no room for it goes without.
    func offer(_ message: any IPCMessage, to number: Int) {
        try? process(number: number)?.send(message)
    }

    func reportedReady(_ ready: Ready, by process: WorkerProcess) {
        process.noteReady(ready)
        seat(of: process)?.reportedReady()
    }

    /// What it said cannot be understood: nothing it says later can be either.
    func brokeProtocol(_ process: WorkerProcess, _ error: IPCError) {
        Log.error("worker-protocol", "a worker sent what cannot be read", ["pid": process.pid, "reason": "\(error)"])
        seat(of: process)?.foundUnresponsive()
    }

    // MARK: Watching

    private func inspect() {
        inspection?.set(after: Self.inspectionPeriod)
        let now = MonotonicInstant.now
        var silent: Set<Int> = []
        for process in processes {
            events?.inspected(process)
            guard let seat = seat(of: process) else { continue }
            if process.confinementLevel != nil, now - process.lastPulseAt > Self.pulseLostAfter {
                silent.insert(process.number)
                // Twice in a row, with turns of the loop between: its channel has been read empty since.
                if suspects.contains(process.number) {
                    Log.warning("worker-silent", "a worker has sent no pulse and is killed", ["pid": process.pid])
                    seat.foundUnresponsive()
                }
            }
            if process.residentBytes > options.softMemoryLimitBytes { replaceForMemory(seat, process) }
        }
        suspects = silent
    }

    private func replaceForMemory(_ seat: WorkerSeat, _ process: WorkerProcess) {
        let place = places[seat.place]
        guard place.main === seat, seat.isReady, place.isSettled, !isStopping else { return }
        Log.notice(
            "worker-memory", "a worker holds too much memory and is replaced",
            ["pid": process.pid, "bytes": process.residentBytes, "limit": options.softMemoryLimitBytes])
        Task { _ = await replace(place, with: executable, reason: .memory) }
    }

    // MARK: Replacing

    /// Starts a successor; when it is ready the present worker drains. False if it was not ready in time or ended before:
    /// then nothing has changed.
    func replace(_ place: WorkerPlace, with executable: WorkerExecutable, reason: Drain.Reason) async -> Bool {
        await place.isSettled()
        guard !isStopping else { return false }
        let seat = makeSeat(place, executable: { executable })
        place.successor = seat
        return await withCheckedContinuation { waiter in
            successorWaiters[ObjectIdentifier(seat)] = (waiter, reason)
            seat.start()
        }
    }

    private var successorWaiters: [ObjectIdentifier: (CheckedContinuation<Bool, Never>, Drain.Reason)] = [:]

    private func promote(_ seat: WorkerSeat, in place: WorkerPlace) {
        guard let (waiter, reason) = successorWaiters.removeValue(forKey: ObjectIdentifier(seat)) else { return }
        let old = place.main
        place.main = seat
        place.successor = nil
        place.predecessor = old
        old?.drain(within: options.rollLimit, reason: reason)
        place.seatsChanged()
        waiter.resume(returning: true)
    }

    // MARK: Stopping

    /// Every worker finishes what it has begun and ends; killed after `limit`. Asked again, a shorter limit counts.
    /// - Parameter onEmpty: called once, when no process is left.
    func stop(within limit: Duration, onEmpty: @escaping () -> Void) {
        isStopping = true
        self.onEmpty = onEmpty
        for seat in places.flatMap(\.seats) { seat.drain(within: limit, reason: .stop) }
        reportIfEmpty()
    }

    private func reportIfEmpty() {
        guard isStopping, places.allSatisfy(\.seats.isEmpty), let onEmpty else { return }
        self.onEmpty = nil
        onEmpty()
    }

    // MARK: Publishing

    private func publishToAll() async {
        let deadline = MonotonicInstant.now + Self.publishLimit
        let asked = processes
        var deaf: [WorkerProcess] = []
        for process in asked {
            do throws(IPCError) {
                try process.send(snapshot)
            } catch {
                if error != .peerGone { deaf.append(process) }
            }
        }
        for process in asked where await !process.takesEverything(by: deadline) { deaf.append(process) }
        for process in deaf {
            Log.warning("worker-deaf", "a worker does not take its configuration", ["pid": process.pid])
            seat(of: process)?.foundUnresponsive()
        }
    }
}

extension WorkerPool: WorkerDirectory {
    var statuses: [WorkerStatus] {
        places.flatMap { place in place.seats.map { WorkerStatus(of: $0, restarts: max(place.spawned - 1, 0)) } }
    }

    var idlest: Int? { choose()?.number }

    var healthReasons: [String] {
        var reasons: [String] = []
        if !places.contains(where: { $0.main?.isReady ?? false }) { reasons.append("no_ready_worker") }
        if places.contains(where: \.isCrashLooping) { reasons.append("worker_crash_loop") }
        if let rollFailure { reasons.append(rollFailure) }
        return reasons
    }

    func publish(_ document: [UInt8]) async {
        snapshot = Snapshot(revision: snapshot.revision + 1, document: document)
        await publishToAll()
    }

    func restartAll() async throws(WorkerRestartError) {
        try await rolls.join { [self] reportFirst in await roll(reportFirst) }
    }
}

extension WorkerPool: WorkerSeat.Owner {
    func spawn(for seat: WorkerSeat) throws -> WorkerProcess {
        let place = places[seat.place]
        let ledger = try Ledger.create(slots: options.ledgerSlots)
        let spawned = try spawnProcess(seat.executable(), seat.place)
        let child = spawned.child
        spawnedCount += 1
        place.spawned += 1
        do {
            return try connect(child, spawned.takeChannel(), ledger, place: seat.place)
        } catch {
            // Held until it has been reaped.
            child.onExit = { _ in withExtendedLifetime(child) {} }
            child.kill(SIGKILL)
            throw error
        }
    }

    /// Tells a process that was started what it must know first.
    private func connect(
        _ child: any WorkerChild, _ channel: consuming FileDescriptor, _ ledger: Ledger, place: Int
    ) throws -> WorkerProcess {
        let process = try WorkerProcess(
            number: spawnedCount, place: place, child: child, socket: channel, ledger: ledger,
            onMessage: { [unowned self] in events?.message($1, $0) },
            onGone: { [unowned self] in processGone($0) })
        let descriptors = DescriptorParcel()
        descriptors.lend(ledger.rawDescriptor)
        descriptors.lend(ownPidfd.raw)
        try process.send(
            Hello(
                place: UInt32(place), generation: UInt32(spawnedCount), ledgerSlots: UInt32(ledger.slotCount),
                version: options.version, softMemoryLimitBytes: UInt64(options.softMemoryLimitBytes)),
            descriptors: descriptors)
        try process.send(snapshot)
        return process
    }

    private func processGone(_ process: WorkerProcess) {
        let seat = seat(of: process)
        events?.gone(process)
        seat?.processEnded()
    }

    func seatBecameReady(_ seat: WorkerSeat) {
        let place = places[seat.place]
        Log.info("worker-ready", "a worker is ready", ["place": seat.place, "pid": seat.process?.pid ?? 0])
        if place.successor === seat { promote(seat, in: place) }
        events?.ready()
    }

    func backoff(of seat: WorkerSeat, failures: Int) -> Duration? {
        let place = places[seat.place]
        guard place.main === seat, !isStopping else { return nil }
        let delay = RestartBackoff.delay(afterFailures: failures, chance: Double.random(in: -1...1))
        Log.warning(
            "worker-backoff", "a worker ended early and is started again later",
            ["place": seat.place, "failures": failures, "milliseconds": delay.milliseconds])
        return delay
    }

    func seatRetired(_ seat: WorkerSeat) {
        let place = places[seat.place]
        if place.main === seat { place.main = nil }
        if place.predecessor === seat { place.predecessor = nil }
        if place.successor === seat {
            place.successor = nil
            successorWaiters.removeValue(forKey: ObjectIdentifier(seat))?.0.resume(returning: false)
        }
        place.seatsChanged()
        reportIfEmpty()
    }
}
