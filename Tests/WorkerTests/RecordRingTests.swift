import IPC
import Testing

@testable import Worker

/// What the supervisor has not acknowledged is kept, within bounds.
struct RecordRingTests {
    static func end(_ number: UInt64, recordBytes: Int? = 0) -> ExchangeEnd {
        var end = ExchangeEnd(number: number, requestID: "r\(number)")
        if let recordBytes {
            end.record = ExchangeRecord(
                arrivedAtUnixMilliseconds: 1, method: "POST", target: "/v1/x", status: 200, durationMilliseconds: 1,
                apiKeyID: "none", family: 0, isStream: false, clientAddress: "local",
                responseBody: [UInt8](repeating: 0, count: recordBytes))
        }
        return end
    }

    static func numbers(_ ring: RecordRing) -> [UInt64] { ring.unacknowledged.map(\.number) }

    @Test func `a report is kept until an acknowledgement covers it`() {
        var ring = RecordRing()
        // Not every number is an exchange's: returned and closed connections count too.
        for number: UInt64 in [2, 3, 7, 8] { ring.keep(Self.end(number)) }
        var seen = [Self.numbers(ring)]
        for number: UInt64 in [1, 3, 3, 6, 7, 100] {
            ring.acknowledge(through: number)
            seen.append(Self.numbers(ring))
        }
        #expect(seen == [[2, 3, 7, 8], [2, 3, 7, 8], [7, 8], [7, 8], [7, 8], [8], []])
        #expect(ring.byteCount == 0 && ring.droppedRecords == 0)
    }

    @Test func `above the limit the oldest records go and are counted, their reports stay`() {
        var ring = RecordRing()
        for number: UInt64 in 1...6 { ring.keep(Self.end(number, recordBytes: number == 2 ? nil : 1 << 20)) }
        #expect(Self.numbers(ring) == Array(1...6))
        #expect(ring.unacknowledged.map { $0.record != nil } == [false, false, false, true, true, true])
        #expect(ring.droppedRecords == 2 && ring.byteCount <= RecordRing.sizeMaxBytes)
        ring.acknowledge(through: 4)
        ring.keep(Self.end(7, recordBytes: 1 << 20))
        #expect(ring.unacknowledged.allSatisfy { $0.record != nil } && ring.droppedRecords == 2)
    }

    @Test func `a record that is too large alone goes by itself`() {
        var ring = RecordRing()
        ring.keep(Self.end(1, recordBytes: 5 << 20))
        #expect(Self.numbers(ring) == [1] && ring.droppedRecords == 1)
    }

    @Test func `reports without records are bounded too, and the bookkeeping stays true`() {
        var ring = RecordRing()
        for number: UInt64 in 1...40_000 { ring.keep(Self.end(number, recordBytes: number % 3 == 0 ? 100 : nil)) }
        let numbers = Self.numbers(ring)
        #expect(ring.byteCount <= RecordRing.sizeMaxBytes)
        #expect(numbers == Array((numbers.first ?? 0)...40_000) && numbers.count > 4_000)
        ring.acknowledge(through: 40_000)
        #expect(Self.numbers(ring).isEmpty && ring.byteCount == 0)
        ring.keep(Self.end(40_001))
        #expect(Self.numbers(ring) == [40_001] && ring.unacknowledged.first?.record != nil)
    }
}
