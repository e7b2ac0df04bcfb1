import IPC
import Platform

/// Writes what the signature store learns to telemetry.db, several changes together, and keeps the table within its bounds.
final class SignatureJournal {
    /// Rows that are removed or read in one step of the database's thread.
    nonisolated static let stepCount = 500

    private let telemetry: Telemetry
    private let limits: SignatureStore.Limits
    private var waiting: [SignatureChange] = []
    private var waitingBytes = 0
    private var writing: Task<Void, Never>?
    private var isTidying = false
    private var timer: LoopTimer?
    /// Changes that were not written because the disk was too slow.
    private(set) var lostChanges = 0

    init(_ telemetry: Telemetry, limits: SignatureStore.Limits) {
        self.telemetry = telemetry
        self.limits = limits
        timer = LoopTimer { [weak self] in self?.writeSoon() }
    }

    /// Takes a change, which is written with others a moment later.
    func add(_ change: SignatureChange) {
        waiting.append(change)
        waitingBytes += change.byteCount
        if waitingBytes > limits.waitingBytes { dropOldest() }
        if timer?.isSet == false, writing == nil { timer?.set(after: limits.delay) }
    }

    /// Writes what waits now: a look at the disk that is asked for from here on comes behind it.
    func writeSoon() {
        timer?.cancel()
        guard writing == nil else { return }
        writing = Task {
            await write()
            writing = nil
            if !waiting.isEmpty { writeSoon() }
        }
    }

    /// Writes everything.
    func finish() async {
        timer?.cancel()
        await writing?.value
        await write()
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

    /// Removes what was not used since `cutoff` and gives its room back to the disk, in steps.
    func tidy(before cutoff: Int) async {
        guard !isTidying else { return }
        isTidying = true
        defer { isTidying = false }
        var removed = Self.stepCount
        while removed == Self.stepCount {
            removed =
                await telemetry.run { (connection) throws(StorageError) in
                    try SignatureTable.expire(before: cutoff, countMax: Self.stepCount, in: connection)
                } ?? 0
            await telemetry.shrink(pagesMax: Self.stepCount)
        }
    }

    /// Reads the table once, in steps: damage shows here and not when somebody asks.
    func check() async {
        var last: Int? = 0
        while let id = last {
            last =
                await telemetry.run { (connection) throws(StorageError) in
                    try SignatureTable.check(after: id, countMax: Self.stepCount, in: connection)
                } ?? nil
        }
    }
}
