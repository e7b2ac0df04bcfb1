import IPC
import Platform
import Testing

@testable import Supervisor

/// What waits for the database stays within its bounds, and what goes is counted.
@Suite struct TrafficQueueTests {
    private static let second: UInt64 = 1_000_000_000
    private static let limits = TrafficQueue.Limits(rowBytes: 20_000, bodyBytes: 1000, bodyBytesPerSecond: 400)

    private var ids = OrderedUUIDs()

    private mutating func append(_ record: ExchangeRecord, _ number: Int, to queue: inout TrafficQueue, now: UInt64) {
        let account = record[.accountID].flatMap { queue.account($0, email: { $0 }) }
        queue.append(
            record, id: ids.next(unixMilliseconds: 1_790_000_000_000), requestID: "req_\(number)", account: account,
            worker: 0, isLogged: true, now: now)
    }

    private func record(_ number: Int, body: Int = 0) -> ExchangeRecord {
        TrafficExample.record(number, body: body > 0 ? String(repeating: "b", count: body) : nil)
    }

    @Test mutating func `records go oldest first and are counted, and what stays is bounded and whole`() {
        var queue = TrafficQueue(Self.limits, now: 0)
        for number in 1...1000 {
            append(record(number, body: number % 3 == 0 ? 1 : 0), number, to: &queue, now: 0)
            #expect(queue.byteCount <= Self.limits.rowBytes + Self.limits.bodyBytes)
        }
        let left = queue.takeAll()
        #expect(queue.droppedRecords == 1000 - left.count && left.count > 10)
        for (index, number) in zip(left.rows.indices, (1001 - left.count)...1000) {
            #expect(left.requestID(index) == "req_\(number)" && left.text(index, .target) == "/v1/messages?n=\(number)")
        }
        #expect(queue.isEmpty && queue.byteCount == 0)
    }

    @Test mutating func `bodies above the bytes of a second go, their records stay`() {
        var queue = TrafficQueue(Self.limits, now: 0)
        append(record(1, body: 300), 1, to: &queue, now: 0)
        append(record(2, body: 300), 2, to: &queue, now: 0)
        append(record(3, body: 300), 3, to: &queue, now: Self.second)
        let batch = queue.takeAll()
        #expect(batch.rows.map(\.head.bodyByteCount) == [300, 0, 300] && batch.bodyByteCount == 600)
        #expect(batch.text(1, .requestBody) == nil && batch.text(1, .target) == "/v1/messages?n=2")
        #expect(queue.droppedBodies == 1 && queue.droppedRecords == 0)
    }

    @Test mutating func `bodies above the bytes that may wait go, their records stay`() {
        var queue = TrafficQueue(Self.limits, now: 0)
        for number in 1...5 {
            append(record(number, body: 400), number, to: &queue, now: UInt64(number) * 2 * Self.second)
        }
        #expect(queue.takeAll().rows.map(\.head.bodyByteCount) == [400, 400, 0, 0, 0])
        #expect(queue.droppedBodies == 3)
        append(record(6, body: 400), 6, to: &queue, now: 20 * Self.second)
        #expect(queue.takeAll().rows.map(\.head.bodyByteCount) == [400])
    }

    @Test(arguments: [(nil, ""), ("", ""), ("", "x")] as [(String?, String?)])
    mutating func `a body that the worker left out is counted and is none`(body: String?, answer: String?) {
        var queue = TrafficQueue(Self.limits, now: 0)
        append(TrafficExample.record(body: body, answer: answer), 1, to: &queue, now: 0)
        let batch = queue.takeAll()
        #expect(batch.text(0, .requestBody) ?? "" == "" && batch.bodyByteCount == answer?.utf8.count)
        #expect(queue.droppedBodies == 1)
    }
}
