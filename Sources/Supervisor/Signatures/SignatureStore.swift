import IPC
import Platform

/// Remembers thought signatures across turns, workers and restarts: the latest in memory, all of them in telemetry.db.
///
/// Everything is bounded, and everything may be lost: what is not found costs quality, never an answer.
final class SignatureStore: SignatureKeeper {
    struct Limits {
        /// After so long without use a signature is forgotten.
        var lifeSeconds = 3 * 3600
        /// A use is written down when the one that is stored is older, so that a long conversation keeps what it began with.
        var useSeconds = 900
        var memoryBytes = 32 << 20
        var diskBytes = 256 << 20
        /// What waits to be written; above it the disk is too slow, and the oldest is not written.
        var waitingBytes = 8 << 20
        /// One value, and one key.
        var valueBytes = 256 << 10
        var keyBytes = 256
        /// One answer to a worker. What comes first in its question counts.
        var answerBytes = 4 << 20
        /// Questions that look at the disk at the same time; further ones get what memory has.
        var lookUpsMax = 64
        /// What waits is written together, so long after the first of it came.
        var delay = Duration.milliseconds(200)
    }

    /// Rows that are removed or read in one step of the database's thread.
    nonisolated static let stepCount = 500
    static let upkeepInterval = Duration.seconds(60)

    /// The operator's wish. False: nothing is kept, nothing found.
    var isEnabled = true
    /// Puts a message into the channel of a worker process, named by its serial number.
    var send: (Int, any IPCMessage) -> Void = { _, _ in }

    private let telemetry: Telemetry
    private let limits: Limits
    private let now: () -> Int
    private var memory: SignatureMemory
    private var waiting: [SignatureChange] = []
    private var waitingBytes = 0
    private var writing: Task<Void, Never>?
    /// Times that something was forgotten.
    private var forgettings = 0
    private var isTidying = false
    private var lookUps = 0
    /// Changes that were not written because the disk was too slow.
    private(set) var lostChanges = 0
    private var writeTimer: LoopTimer?
    private var upkeepTimer: LoopTimer?

    /// - Parameter now: seconds since 1970.
    init(
        _ telemetry: Telemetry, limits: Limits = Limits(), now: @escaping () -> Int = { WallClock.unixSeconds }
    ) {
        self.telemetry = telemetry
        self.limits = limits
        self.now = now
        memory = SignatureMemory(byteCountMax: limits.memoryBytes)
        writeTimer = LoopTimer { [weak self] in self?.writeSoon() }
        upkeepTimer = LoopTimer { [weak self] in self?.look() }
    }

    func start() {
        upkeepTimer?.set(after: Self.upkeepInterval)
        Task { await check() }
    }

    /// Ends the upkeep and writes what waits.
    func stop() async {
        upkeepTimer?.cancel()
        writeTimer?.cancel()
        await writing?.value
        await write()
    }

    // MARK: Finding

    func find(_ message: SignatureFind, for worker: Int) {
        guard isEnabled else { return answer(message, [:], to: worker) }
        var found: [SignatureKey: SignatureRecord] = [:]
        var unknown: [SignatureKey] = []
        for key in message.keys + message.signed {
            if let record = memory.use(key), record.usedAt >= cutoff {
                found[key] = record
            } else {
                unknown.append(key)
            }
        }
        guard !unknown.isEmpty, lookUps < limits.lookUpsMax else { return answer(message, found, to: worker) }
        lookUps += 1
        Task { [forgettings, known = found] in
            var found = known
            let stored = await telemetry.run { [unknown, cutoff] (connection) throws(StorageError) in
                try SignatureTable.find(unknown, since: cutoff, in: connection)
            }
            lookUps -= 1
            for (key, record) in stored ?? [:] {
                // What has been said of a key meanwhile is newer than what was read.
                found[key] = memory.use(key) ?? (forgettings == self.forgettings ? record : nil)
                if let record = found[key] { memory.set(key, to: record) }
            }
            answer(message, found, to: worker)
        }
    }

    private func answer(_ message: SignatureFind, _ found: [SignatureKey: SignatureRecord], to worker: Int) {
        var entries: [SignatureEntry] = []
        var room = limits.answerBytes
        for key in message.keys {
            guard let record = found[key], record.family == message.family, record.value.count <= room else { continue }
            room -= record.value.count
            entries.append(SignatureEntry(space: key.space, key: key.key, value: record.value))
            noteUse(key, record)
        }
        var foreign: [SignatureKey] = []
        for key in message.signed {
            guard let record = found[key] else { continue }
            noteUse(key, record)
            if record.family != message.family { foreign.append(key) }
        }
        send(worker, SignatureFound(requestID: message.requestID, entries: entries, foreign: foreign))
    }

    private func noteUse(_ key: SignatureKey, _ record: SignatureRecord) {
        let time = now()
        guard time - record.usedAt >= limits.useSeconds else { return }
        var used = record
        used.usedAt = time
        memory.set(key, to: used)
        add(.use(key, at: time))
    }

    /// What was used before this is forgotten.
    private var cutoff: Int { now() - limits.lifeSeconds }

    // MARK: Keeping

    func keep(_ message: SignatureKeep) {
        guard isEnabled else { return }
        for entry in message.entries {
            guard entry.value.count <= limits.valueBytes, entry.key.count <= limits.keyBytes else { continue }
            let key = SignatureKey(space: entry.space, key: entry.key)
            let record = SignatureRecord(family: message.family, value: entry.value, usedAt: now())
            memory.set(key, to: record)
            add(.keep(key, record))
        }
    }

    func forget(_ message: SignatureForget) {
        forgettings += 1
        for key in message.keys {
            memory.remove(key)
            add(.forget(key))
        }
        // A look at the disk that is asked for from here on comes behind it.
        writeSoon()
    }

    // MARK: Writing

    private func add(_ change: SignatureChange) {
        waiting.append(change)
        waitingBytes += change.byteCount
        if waitingBytes > limits.waitingBytes { dropOldest() }
        if writeTimer?.isSet == false, writing == nil { writeTimer?.set(after: limits.delay) }
    }

    private func dropOldest() {
        // A quarter at once: to take one from the front moves all others.
        var count = 0
        while count < waiting.count, waitingBytes > limits.waitingBytes / 4 * 3 {
            waitingBytes -= waiting[count].byteCount
            count += 1
        }
        waiting.removeFirst(count)
        lostChanges += count
    }

    private func writeSoon() {
        writeTimer?.cancel()
        guard writing == nil else { return }
        writing = Task {
            await write()
            writing = nil
            if !waiting.isEmpty { writeSoon() }
        }
    }

    /// Writes what waits; returns when nothing does.
    private func write() async {
        while !waiting.isEmpty {
            let batch = waiting
            waiting = []
            waitingBytes = 0
            _ = await telemetry.run { (connection) throws(StorageError) in
                try SignatureTable.apply(batch, in: connection)
            }
            await trim()
        }
    }

    /// Removes what was used longest ago until the rest has room.
    private func trim() async {
        var isOver = true
        while isOver {
            isOver =
                await telemetry.run { [limit = limits.diskBytes] (connection) throws(StorageError) in
                    guard try SignatureTable.byteCount(in: connection) > limit else { return false }
                    try SignatureTable.removeOldest(Self.stepCount / 5, in: connection)
                    return true
                } ?? false
        }
    }

    // MARK: Upkeep

    private func look() {
        upkeepTimer?.set(after: Self.upkeepInterval)
        guard !isTidying else { return }
        Task { await tidy() }
    }

    /// Removes what has expired and gives its room back to the disk, in steps.
    func tidy() async {
        isTidying = true
        defer { isTidying = false }
        memory.expire(before: cutoff)
        var removed = Self.stepCount
        while removed == Self.stepCount {
            removed =
                await telemetry.run { [cutoff] (connection) throws(StorageError) in
                    try SignatureTable.expire(before: cutoff, countMax: Self.stepCount, in: connection)
                } ?? 0
            await telemetry.shrink(pagesMax: Self.stepCount)
        }
    }

    /// Reads the table once, in steps: damage shows here and not when somebody asks.
    private func check() async {
        var last: Int? = 0
        while let id = last {
            last =
                await telemetry.run { (connection) throws(StorageError) in
                    try SignatureTable.check(after: id, countMax: Self.stepCount, in: connection)
                } ?? nil
        }
    }
}
