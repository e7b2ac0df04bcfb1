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
            ExchangeLimits(heartbeatFirst: 5_000_000, heartbeat: 5_000_000), hasHeartbeat: true)
        var signs = 0
        control.onHeartbeat = {
            signs += 1
            if signs == 3 { control.stop(.drainOver) }
        }
        control.waits(for: .lease)
        await control.park()
        #expect(signs == 3 && control.stop == .drainOver)
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

    // MARK: Answers side by side

    @Test func `what stops the whole stops every answer side by side, one that begins later too`() async {
        let whole = Self.control()
        let first = whole.split()
        whole.stop(.clientGone)
        await first.park()
        #expect(first.stop == .clientGone && whole.split().stop == .clientGone)
    }

    @Test func `what stops one answer leaves the others and the whole alone`() {
        let whole = Self.control()
        let (first, second) = (whole.split(), whole.split())
        first.stop(.leaseRevoked)
        #expect(second.stop == nil && whole.stop == nil)
        whole.stopChoices(.unwanted)
        #expect(first.stop == .leaseRevoked && second.stop == .unwanted && whole.stop == nil)
    }

    @Test func `news for the whole wakes every answer side by side`() async {
        let whole = Self.control()
        let choices = [whole.split(), whole.split()]
        EventLoop.atEndOfTurn { whole.wake() }
        for choice in choices { await choice.park() }
        #expect(choices.allSatisfy { $0.stop == nil })
    }

    @Test func `answers side by side have limits of their own, and the whole has signs of life alone`() async {
        let whole = Self.control(
            ExchangeLimits(
                total: 500_000_000, firstContent: 3_000_000, heartbeatFirst: 5_000_000, heartbeat: 5_000_000),
            hasHeartbeat: true)
        var signs = 0
        whole.onHeartbeat = { signs += 1 }
        let (first, second) = (whole.split(), whole.split())
        first.waits(for: .content(since: MonotonicInstant.now.nanoseconds))
        await first.park()
        await second.park()
        #expect(first.stop == .deadline(.firstContent) && second.stop == .deadline(.total) && whole.stop == nil)
        #expect(signs > 0)
    }

    @Test func `an answer that is over is not stopped with the rest`() {
        let whole = Self.control()
        let choice = whole.split()
        whole.join(choice)
        whole.stop(.drainOver)
        #expect(choice.stop == nil && !choice.isOpen)
    }

    @Test func `the limit of an attempt gives way to the end of the exchange`() {
        let control = Self.control()
        control.stop(.deadline(.firstContent))
        control.stop(.clientGone)
        control.resume()
        #expect(control.stop == .clientGone)
    }
}
