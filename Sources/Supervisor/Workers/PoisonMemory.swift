import Platform

/// Remembers which requests were alive when a worker died, and refuses the one that did it twice.
///
/// A death is no proof: whoever kills a worker kills every exchange in it. A digest is refused only when an exchange with
/// it began after the first death and was alive at another one, and it is cleared by one success with it.
nonisolated struct PoisonMemory {
    static let digestsMax = 1024
    static let refusalLasts = Duration.seconds(600)

    private struct Entry {
        /// The last death that counted; an exchange begun before it is not counted again.
        var deathAt: MonotonicInstant
        var isRefused: Bool
    }

    private var entries: [[UInt8]: Entry] = [:]

    var isEmpty: Bool { entries.isEmpty }
    var count: Int { entries.count }

    /// An exchange with this digest, begun at `begunAt`, was alive when its worker died at `now`.
    /// - Returns: true if the digest is refused from now on and was not before.
    mutating func noteDeath(of digest: [UInt8], begunAt: MonotonicInstant, now: MonotonicInstant) -> Bool {
        guard var entry = live(digest, now: now) else {
            insert(digest, Entry(deathAt: now, isRefused: false))
            return false
        }
        guard begunAt > entry.deathAt, !entry.isRefused else { return false }
        entry.deathAt = now
        entry.isRefused = true
        entries[digest] = entry
        return true
    }

    /// An exchange with this digest ended well, so the request is no killer.
    mutating func noteSuccess(of digest: [UInt8]) {
        entries[digest] = nil
    }

    mutating func isRefused(_ digest: [UInt8], now: MonotonicInstant) -> Bool {
        guard !entries.isEmpty else { return false }
        return live(digest, now: now)?.isRefused ?? false
    }

    private mutating func live(_ digest: [UInt8], now: MonotonicInstant) -> Entry? {
        guard let entry = entries[digest] else { return nil }
        if now - entry.deathAt < Self.refusalLasts { return entry }
        entries[digest] = nil
        return nil
    }

    /// The oldest note makes room when the memory is full.
    private mutating func insert(_ digest: [UInt8], _ entry: Entry) {
        if entries.count >= Self.digestsMax, let oldest = entries.min(by: { $0.value.deathAt < $1.value.deathAt }) {
            entries[oldest.key] = nil
        }
        entries[digest] = entry
    }
}
