/// Bodies that several accounts refused with a bare 429: the request is the likely cause, so the same body is refused here for
/// a while instead of walking over the whole pool again.
struct Quarantine: Sendable, Equatable {
    struct Key: Sendable, Hashable {
        let apiKeyID: String
        let digest: [UInt8]
    }

    private struct Entry: Sendable, Equatable {
        var until: SchedulerInstant
        var ladder = Ladder()
    }

    static let digestsMax = 1_024

    private var entries: [Key: Entry] = [:]

    var count: Int { entries.count }

    /// How long the body is still refused; nil if it is not.
    func remaining(_ key: Key, at now: SchedulerInstant) -> Int? {
        guard let entry = entries[key], now < entry.until else { return nil }
        return now.milliseconds(until: entry.until)
    }

    mutating func add(_ key: Key, now: SchedulerInstant) {
        guard !key.digest.isEmpty else { return }
        if entries[key] == nil, entries.count >= Self.digestsMax {
            entries = entries.filter { now < $0.value.until }
            if entries.count >= Self.digestsMax, let first = entries.min(by: { $0.value.until < $1.value.until })?.key {
                entries[first] = nil
            }
        }
        var entry = entries[key] ?? Entry(until: now)
        let length = entry.ladder.step(LadderSteps.quarantine, now: now)
        entry.until = now.advanced(by: length)
        entry.ladder.locked(until: entry.until, for: length)
        entries[key] = entry
    }

    /// The same body was served.
    mutating func remove(_ key: Key) { entries[key] = nil }

    mutating func removeAll() { entries = [:] }
}
