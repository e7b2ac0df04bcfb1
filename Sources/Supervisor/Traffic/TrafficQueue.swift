import IPC
import Platform

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

    private let limits: Limits
    private var batch = TrafficBatch()
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

    var isEmpty: Bool { batch.isEmpty }
    var count: Int { batch.count }
    var byteCount: Int { batch.rowByteCount + batch.bodyByteCount }

    /// The account with an id, for `append`; nil if it has no address.
    mutating func account(_ id: ArraySlice<UInt8>, email: (String) -> String?) -> Int? {
        batch.account(id, email: email)
    }

    /// - Parameters:
    ///   - account: as `account` has named it since the last `takeAll`.
    ///   - worker: the place of the worker.
    ///   - isLogged: false: only its tokens are counted.
    ///   - now: asked for if there are bodies.
    mutating func append(
        _ record: ExchangeRecord, id: OrderedUUID, requestID: String, account: Int?, worker: Int, isLogged: Bool,
        now: @autoclosure () -> UInt64
    ) {
        var head = record.head
        if head.hasBodies, refusesBodies(of: head, now) { head.dropBodies() }
        batch.append(
            record, head, id: id, requestID: requestID, account: account, worker: worker, isLogged: isLogged)
        // A quarter at once: to take one from the front moves all others.
        if batch.rowByteCount > limits.rowBytes { droppedRecords += batch.dropOldest(to: limits.rowBytes / 4 * 3) }
    }

    /// Everything that waits.
    mutating func takeAll() -> TrafficBatch {
        defer { batch = TrafficBatch() }
        return batch
    }

    /// So many could not be stored.
    mutating func noteLost(_ count: Int) { droppedRecords += count }

    /// Whether they are not to be kept, which is counted.
    private mutating func refusesBodies(of head: RecordHead, _ now: () -> UInt64) -> Bool {
        let count = head.bodyByteCount
        guard count > 0 else {
            // An empty body stands for one that the worker has dropped already.
            droppedBodies += 1
            return true
        }
        refill(now())
        let isRefused = batch.bodyByteCount + count > limits.bodyBytes || count > allowance
        if !isRefused { allowance -= count }
        if isRefused || head.lacksBody { droppedBodies += 1 }
        return isRefused
    }

    private mutating func refill(_ now: UInt64) {
        let passed = now > allowanceAt ? min(now - allowanceAt, 1_000_000_000) : 0
        allowance = min(
            limits.bodyBytesPerSecond, allowance + Int(passed / 1000) * limits.bodyBytesPerSecond / 1_000_000)
        allowanceAt = max(now, allowanceAt)
    }
}

nonisolated extension RecordHead {
    /// The worker has dropped one of the bodies.
    fileprivate var lacksBody: Bool {
        place(of: .requestBody)?.isEmpty == true || place(of: .responseBody)?.isEmpty == true
    }
}
