/// Records on their way to the database: bounded, whatever comes and however slow the disk is.
///
/// Of bodies only so many bytes wait, and only so many a second are taken; above that a record goes without them. Records
/// go when they alone are too many, oldest first.
nonisolated struct TrafficQueue {
    struct Limits: Sendable {
        var rowBytes = 8 << 20
        var bodyBytes = 8 << 20
        var bodyBytesPerSecond = 4 << 20
    }

    /// What waits: a record for the log, or one whose tokens alone are counted.
    struct Item: Sendable, Equatable {
        var entry: TrafficEntry
        var isLogged: Bool
    }

    private let limits: Limits
    private var items: [Item] = []
    private var rowBytes = 0
    private var bodyBytes = 0
    /// Bytes of bodies that may still be taken, and since when.
    private var allowance: Int
    private var allowanceAt: UInt64
    private(set) var droppedRecords = 0
    private(set) var droppedBodies = 0

    /// - Parameter now: nanoseconds of a clock that does not jump.
    init(_ limits: Limits = Limits(), now: UInt64) {
        self.limits = limits
        allowance = limits.bodyBytesPerSecond
        allowanceAt = now
    }

    var isEmpty: Bool { items.isEmpty }
    var count: Int { items.count }
    var byteCount: Int { rowBytes + bodyBytes }

    mutating func append(_ item: Item, now: UInt64) {
        var item = item
        refuseBodies(of: &item.entry, now: now)
        rowBytes += item.entry.rowByteCount
        bodyBytes += item.entry.bodyByteCount
        items.append(item)
        if rowBytes > limits.rowBytes { dropOldest() }
    }

    /// Everything that waits.
    mutating func takeAll() -> [Item] {
        defer {
            items = []
            rowBytes = 0
            bodyBytes = 0
        }
        return items
    }

    /// They could not be stored.
    mutating func noteLost(_ items: [Item]) { droppedRecords += items.count }

    private mutating func refuseBodies(of entry: inout TrafficEntry, now: UInt64) {
        // An empty body stands for one that the worker has dropped already.
        let isCut = entry.requestBody?.isEmpty == true || entry.responseBody?.isEmpty == true
        if entry.requestBody?.isEmpty == true { entry.requestBody = nil }
        if entry.responseBody?.isEmpty == true { entry.responseBody = nil }
        let count = entry.bodyByteCount
        guard count > 0 else {
            if isCut { droppedBodies += 1 }
            return
        }
        refill(now)
        if bodyBytes + count <= limits.bodyBytes, count <= allowance {
            allowance -= count
            if isCut { droppedBodies += 1 }
        } else {
            entry.dropBodies()
            droppedBodies += 1
        }
    }

    private mutating func refill(_ now: UInt64) {
        let passed = now > allowanceAt ? min(now - allowanceAt, 1_000_000_000) : 0
        allowance = min(
            limits.bodyBytesPerSecond, allowance + Int(passed / 1000) * limits.bodyBytesPerSecond / 1_000_000)
        allowanceAt = max(now, allowanceAt)
    }

    private mutating func dropOldest() {
        // A quarter at once: to take one from the front moves all others.
        var count = 0
        while count < items.count, rowBytes > limits.rowBytes / 4 * 3 {
            rowBytes -= items[count].entry.rowByteCount
            bodyBytes -= items[count].entry.bodyByteCount
            count += 1
        }
        items.removeFirst(count)
        droppedRecords += count
    }
}
