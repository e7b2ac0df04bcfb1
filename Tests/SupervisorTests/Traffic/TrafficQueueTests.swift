import Testing

@testable import Supervisor

/// What waits for the database stays within its bounds, and what goes is counted.
@Suite struct TrafficQueueTests {
    private static let second: UInt64 = 1_000_000_000
    private static let limits = TrafficQueue.Limits(rowBytes: 20_000, bodyBytes: 1000, bodyBytesPerSecond: 400)

    private func item(_ number: Int, body: Int = 0) -> TrafficQueue.Item {
        .init(
            entry: TrafficExample.entry(number, body: body > 0 ? String(repeating: "b", count: body) : nil),
            isLogged: true)
    }

    @Test func `records go oldest first and are counted, and what stays is bounded`() {
        var queue = TrafficQueue(Self.limits, now: 0)
        for number in 1...1000 {
            queue.append(item(number), now: 0)
            #expect(queue.byteCount <= Self.limits.rowBytes)
        }
        let left = queue.takeAll()
        #expect(queue.droppedRecords == 1000 - left.count && left.last?.entry.id == "id-1000" && left.count > 10)
        #expect(queue.isEmpty && queue.byteCount == 0)
    }

    @Test func `bodies above the bytes of a second go, their records stay`() {
        var queue = TrafficQueue(Self.limits, now: 0)
        queue.append(item(1, body: 300), now: 0)
        queue.append(item(2, body: 300), now: 0)
        queue.append(item(3, body: 300), now: Self.second)
        #expect(queue.takeAll().map { $0.entry.bodyByteCount } == [300, 0, 300])
        #expect(queue.droppedBodies == 1 && queue.droppedRecords == 0)
    }

    @Test func `bodies above the bytes that may wait go, their records stay`() {
        var queue = TrafficQueue(Self.limits, now: 0)
        for number in 1...5 { queue.append(item(number, body: 400), now: UInt64(number) * 2 * Self.second) }
        #expect(queue.takeAll().map { $0.entry.bodyByteCount } == [400, 400, 0, 0, 0])
        #expect(queue.droppedBodies == 3)
        queue.append(item(6, body: 400), now: 20 * Self.second)
        #expect(queue.takeAll().map { $0.entry.bodyByteCount } == [400])
    }

    @Test func `a body that the worker left out is counted and is none`() {
        var queue = TrafficQueue(Self.limits, now: 0)
        var item = item(1)
        item.entry.requestBody = []
        item.entry.responseBody = []
        queue.append(item, now: 0)
        #expect(queue.takeAll().first?.entry.requestBody == nil && queue.droppedBodies == 1)
    }
}
