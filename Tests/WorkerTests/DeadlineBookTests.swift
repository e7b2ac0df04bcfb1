import Testing

@testable import Worker

/// Times in seconds from the request; the defaults of the settings.
struct DeadlineBookTests {
    struct Case: CustomTestStringConvertible {
        let name: String
        var wait = DeadlineBook.Wait.none
        var hasHeartbeat = false
        var thinks = false
        var isBehindCloudflare = false
        var isCommitted = false
        var sentAt: UInt64?
        let at: UInt64?
        let due: DeadlineBook.Due?

        var testDescription: String { name }
    }

    static let second: UInt64 = 1_000_000_000

    static let cases: [Case] = [
        Case(name: "nothing but the whole", at: 590, due: .total),
        Case(name: "behind Cloudflare", isBehindCloudflare: true, at: 95, due: .total),
        Case(name: "waiting for a lease", wait: .lease, at: 90, due: .schedule),
        Case(name: "a pause", wait: .delay(until: 7 * second), at: 7, due: .delayOver),
        Case(name: "first content", wait: .content(since: 10 * second), at: 70, due: .firstContent),
        Case(
            name: "first content of a thinker", wait: .content(since: 10 * second), thinks: true, at: 310,
            due: .firstContent),
        Case(name: "first content never outlives the whole", wait: .content(since: 580 * second), at: 590, due: .total),
        Case(name: "upstream idle", wait: .bytes(since: 100 * second), at: 220, due: .upstreamIdle),
        Case(
            name: "upstream idle late in a stream", wait: .bytes(since: 5000 * second), isCommitted: true, at: 5120,
            due: .upstreamIdle),
        Case(name: "upstream idle late in a whole answer", wait: .bytes(since: 500 * second), at: 590, due: .total),
        Case(name: "committed and waiting for the client", wait: .client, isCommitted: true, at: nil, due: nil),
        Case(name: "first sign of life", wait: .content(since: 0), hasHeartbeat: true, at: 25, due: .heartbeat),
        Case(
            name: "a sign of life also while waiting for a lease", wait: .lease, hasHeartbeat: true, at: 25,
            due: .heartbeat),
        Case(
            name: "the next sign of life", wait: .content(since: 0), hasHeartbeat: true, sentAt: 25 * second, at: 40,
            due: .heartbeat),
        Case(
            name: "silence after content", wait: .bytes(since: 99 * second), hasHeartbeat: true, isCommitted: true,
            sentAt: 100 * second, at: 115, due: .heartbeat),
        Case(
            name: "no sign of life to a client that does not read", wait: .client, hasHeartbeat: true,
            isCommitted: true, at: nil, due: nil),
    ]

    @Test("which limit comes next", arguments: cases)
    func next(_ row: Case) {
        var book = DeadlineBook(
            limits: ExchangeLimits(), acceptedAt: 0, hasHeartbeat: row.hasHeartbeat, thinks: row.thinks,
            isBehindCloudflare: row.isBehindCloudflare)
        book.waits(for: row.wait)
        if row.isCommitted { book.committed() }
        if let sentAt = row.sentAt { book.sent(at: sentAt) }
        let next = book.next
        #expect(next?.at == row.at.map { $0 * Self.second } && next?.due == row.due)
    }

    @Test func `what is left for attempts is never more than what is left at all, and never negative`() {
        let book = DeadlineBook(
            limits: ExchangeLimits(schedule: 500_000_000_000), acceptedAt: 0, hasHeartbeat: false, thinks: false,
            isBehindCloudflare: true)
        let left = [5, 95, 200].map { book.scheduleMillisecondsLeft(at: $0 * Self.second) }
        #expect(left == [90_000, 0, 0])
    }
}
