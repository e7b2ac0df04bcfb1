import IPC
import Platform
import Testing

@testable import Worker

/// What interrupts a waiting exchange, and what does not.
@MainActor struct ExchangeControlTests {
    private static func control(_ limits: ExchangeLimits = ExchangeLimits(), hasHeartbeat: Bool = false)
        -> ExchangeControl
    {
        let control = ExchangeControl()
        control.begin(
            DeadlineBook(
                limits: limits, acceptedAt: MonotonicInstant.now.nanoseconds, hasHeartbeat: hasHeartbeat, thinks: false,
                isBehindCloudflare: false))
        return control
    }

    @Test func `the first stop counts, and the next exchange begins without it`() async {
        let control = Self.control()
        control.stop(.leaseRevoked)
        control.stop(.drainOver)
        await control.park()
        #expect(control.stop == .leaseRevoked)
        control.end()
        control.begin(control.deadlines ?? Self.control().deadlines!)
        #expect(control.stop == nil && control.mayRetry)
    }

    @Test func `a client that is gone stays gone`() {
        let control = Self.control()
        control.stop(.clientGone)
        control.end()
        #expect(control.stop == .clientGone)
    }

    @Test func `a passed limit stops the exchange, which may go on without it`() async {
        let control = Self.control(ExchangeLimits(firstContent: 3_000_000))
        control.waits(for: .content(since: MonotonicInstant.now.nanoseconds))
        await control.park()
        #expect(control.stop == .deadline(.firstContent))
        control.resume()
        #expect(control.stop == nil)
    }

    @Test func `signs of life come while the exchange waits`() async {
        let control = Self.control(
            ExchangeLimits(total: 400_000_000, heartbeatFirst: 5_000_000, heartbeat: 5_000_000), hasHeartbeat: true)
        var signs = 0
        control.onHeartbeat = { signs += 1 }
        control.waits(for: .lease)
        await control.park()
        #expect(signs > 1 && control.stop == .deadline(.total))
    }

    @Test func `a pause ends in time, or at once by a stop`() async {
        let control = Self.control()
        let began = MonotonicInstant.now
        await control.pause(nanoseconds: 10_000_000)
        let waited = MonotonicInstant.now - began
        EventLoop.atEndOfTurn { control.stop(.clientGone) }
        await control.pause(nanoseconds: 10_000_000_000)
        #expect(waited >= .milliseconds(9) && MonotonicInstant.now - began < .seconds(5))
    }
}
