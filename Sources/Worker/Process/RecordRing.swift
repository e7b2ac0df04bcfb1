import IPC

/// The ends of exchanges that the supervisor has not acknowledged, oldest first: what it would have to be told again if it died
/// before it had stored them.
///
/// Bounded: above the limit records go, oldest first, and are counted; should the ends alone be too many, the oldest of those go
/// too.
nonisolated struct RecordRing {
    static let sizeMaxBytes = 4 * 1024 * 1024

    private struct Entry {
        var end: ExchangeEnd
        var byteCount: Int
    }

    private var entries: [Entry] = []
    /// Entries in front of it have been acknowledged or dropped; they leave the array when they are half of it.
    private var start = 0
    /// The oldest entry that still has its record, unless it never had one.
    private var firstWithRecord = 0
    private(set) var byteCount = 0
    private(set) var droppedRecords = 0

    var unacknowledged: [ExchangeEnd] { entries[start...].map(\.end) }

    /// - Parameter end: with a greater number than any before.
    mutating func keep(_ end: ExchangeEnd) {
        let entry = Entry(end: end, byteCount: end.keptByteCount)
        entries.append(entry)
        byteCount += entry.byteCount
        if byteCount > Self.sizeMaxBytes { dropOldest() }
    }

    /// The supervisor has dealt with everything up to this number.
    mutating func acknowledge(through number: UInt64) {
        while start < entries.count, entries[start].end.number <= number { removeFirst() }
        compact()
    }

    private mutating func dropOldest() {
        while byteCount > Self.sizeMaxBytes, firstWithRecord < entries.count {
            if entries[firstWithRecord].end.record != nil {
                entries[firstWithRecord].end.record = nil
                droppedRecords += 1
                let left = entries[firstWithRecord].end.keptByteCount
                byteCount -= entries[firstWithRecord].byteCount - left
                entries[firstWithRecord].byteCount = left
            }
            firstWithRecord += 1
        }
        while byteCount > Self.sizeMaxBytes, start < entries.count { removeFirst() }
        compact()
    }

    private mutating func removeFirst() {
        byteCount -= entries[start].byteCount
        start += 1
        firstWithRecord = max(firstWithRecord, start)
    }

    private mutating func compact() {
        guard start * 2 >= entries.count else { return }
        entries.removeFirst(start)
        firstWithRecord -= start
        start = 0
    }
}

nonisolated extension ExchangeEnd {
    /// What keeping it costs, roughly: its record, and a flat figure for the rest.
    fileprivate var keptByteCount: Int { 512 + (record?.bytes.count ?? 0) }
}
