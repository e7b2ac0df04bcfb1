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

    static let upkeepInterval = Duration.seconds(60)

    /// The operator's wish. False: nothing is kept, nothing found.
    var isEnabled = true
    /// Puts a message into the channel of a worker process, named by its serial number.
    var send: (Int, any IPCMessage) -> Void = { _, _ in }

    private let telemetry: Telemetry
    private let journal: SignatureJournal
    private let limits: Limits
    private let now: () -> Int
    private var memory: SignatureMemory
    private var lookUps = 0
    private var upkeepTimer: LoopTimer?

    /// - Parameter now: seconds since 1970.
    init(
        _ telemetry: Telemetry, limits: Limits = Limits(), now: @escaping () -> Int = { WallClock.unixSeconds }
    ) {
        self.telemetry = telemetry
        journal = SignatureJournal(telemetry, limits: limits)
        self.limits = limits
        self.now = now
        memory = SignatureMemory(byteCountMax: limits.memoryBytes)
        upkeepTimer = LoopTimer { [weak self] in self?.look() }
    }

    func start() {
        upkeepTimer?.set(after: Self.upkeepInterval)
        Task { [journal] in await journal.check() }
    }

    /// Ends the upkeep and writes what waits.
    func stop() async {
        upkeepTimer?.cancel()
        await journal.finish()
    }

    // MARK: Finding

    func find(_ message: SignatureFind, for worker: Int) {
        guard isEnabled else { return answer(message, [:], to: worker) }
        var found: [SignatureKey: SignatureRecord] = [:]
        var unknown: [SignatureKey] = []
        let cutoff = cutoff
        for keys in [message.keys, message.signed] {
            for key in keys {
                guard let record = remembered(key, since: cutoff) else {
                    unknown.append(key)
                    continue
                }
                if !record.isForgotten { found[key] = record }
            }
        }
        guard !unknown.isEmpty, lookUps < limits.lookUpsMax else { return answer(message, found, to: worker) }
        lookUps += 1
        Task { [known = found] in
            var found = known
            let stored = await telemetry.run { [unknown, cutoff] (connection) throws(StorageError) in
                try SignatureTable.find(unknown, since: cutoff, in: connection)
            }
            lookUps -= 1
            guard let stored else { return answer(message, found, to: worker) }
            for key in unknown {
                // What has been said of a key meanwhile is newer than what was read. A history that began elsewhere is asked for
                // with each of its turns: what the disk does not have is remembered too.
                let record = remembered(key, since: cutoff) ?? stored[key] ?? .forgotten(at: now())
                memory.set(key, to: record)
                if !record.isForgotten { found[key] = record }
            }
            answer(message, found, to: worker)
        }
    }

    private func remembered(_ key: SignatureKey, since cutoff: Int) -> SignatureRecord? {
        guard let record = memory.use(key), record.usedAt >= cutoff else { return nil }
        return record
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
        journal.add(.use(key, at: time))
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
            journal.add(.keep(key, record))
        }
    }

    func forget(_ message: SignatureForget) {
        for key in message.keys {
            // Stands in front of the row until that is gone.
            memory.set(key, to: .forgotten(at: now()))
            journal.add(.forget(key))
        }
        journal.writeSoon()
    }

    // MARK: Upkeep

    private func look() {
        upkeepTimer?.set(after: Self.upkeepInterval)
        Task { await tidy() }
    }

    /// Forgets what has expired.
    func tidy() async {
        memory.expire(before: cutoff)
        await journal.tidy(before: cutoff)
    }

    var memoryCount: Int { memory.count }
    var memoryByteCount: Int { memory.byteCount }
    /// Changes that were not written because the disk was too slow.
    var lostChanges: Int { journal.lostChanges }
}
