import Platform
import Testing

@testable import Supervisor

@Suite struct TunnelLifecycleTests {
    typealias Event = TunnelLifecycle.Event
    typealias Action = TunnelLifecycle.Action

    static let start = MonotonicInstant(nanoseconds: 1_000_000_000_000)
    static func after(_ seconds: Int) -> MonotonicInstant { start + .seconds(seconds) }

    /// What brings a new machine into each state.
    static let paths: [(state: String, events: [Event])] = [
        ("stopped", []),
        ("starting", [.startRequested, .spawned(at: start)]),
        ("connected", [.startRequested, .spawned(at: start), .connectionsCounted(1, at: start)]),
        (
            "degraded",
            [
                .startRequested, .spawned(at: start), .connectionsCounted(1, at: start),
                .connectionsCounted(0, at: start),
            ]
        ),
        ("backoff", [.startRequested, .spawned(at: start), .exited(.exited(code: 1), at: start)]),
        ("stopping", [.startRequested, .spawned(at: start), .stopRequested]),
        ("failed", [.startRequested, .spawned(at: start), .exited(.exited(code: 255), at: start)]),
    ]

    /// Every event in the order of the columns below.
    static let columns: [Event] = [
        .startRequested, .spawned(at: start), .spawnFailed(.notInstalled), .adopted(startedAt: start, restarts: 3),
        .connectionsCounted(4, at: start), .connectionsCounted(0, at: start), .connectionsCounted(nil, at: start),
        .exited(.exited(code: 0), at: start), .exited(.exited(code: 255), at: start), .exited(.signaled(9), at: start),
        .backoffElapsed, .stopRequested,
    ]

    /// A row for each state: the action and the state after each event.
    static let table: [String: [(Action, String)]] = [
        "stopped": [
            (.spawn, "starting"), (.none, "stopped"), (.none, "stopped"), (.none, "starting"), (.none, "stopped"),
            (.none, "stopped"), (.none, "stopped"), (.none, "stopped"), (.none, "stopped"), (.none, "stopped"),
            (.none, "stopped"), (.none, "stopped"),
        ],
        "starting": [
            (.none, "starting"), (.none, "starting"), (.release, "failed"), (.none, "starting"), (.none, "connected"),
            (.none, "starting"), (.none, "starting"), (.scheduleBackoff(failures: 1), "backoff"), (.release, "failed"),
            (.scheduleBackoff(failures: 1), "backoff"), (.none, "starting"), (.end, "stopping"),
        ],
        "connected": [
            (.none, "connected"), (.none, "connected"), (.none, "connected"), (.none, "connected"),
            (.none, "connected"), (.none, "degraded"), (.none, "degraded"), (.scheduleBackoff(failures: 1), "backoff"),
            (.release, "failed"), (.scheduleBackoff(failures: 1), "backoff"), (.none, "connected"), (.end, "stopping"),
        ],
        "degraded": [
            (.none, "degraded"), (.none, "degraded"), (.none, "degraded"), (.none, "degraded"), (.none, "connected"),
            (.none, "degraded"), (.none, "degraded"), (.scheduleBackoff(failures: 1), "backoff"), (.release, "failed"),
            (.scheduleBackoff(failures: 1), "backoff"), (.none, "degraded"), (.end, "stopping"),
        ],
        "backoff": [
            (.spawn, "starting"), (.none, "backoff"), (.none, "backoff"), (.none, "backoff"), (.none, "backoff"),
            (.none, "backoff"), (.none, "backoff"), (.none, "backoff"), (.none, "backoff"), (.none, "backoff"),
            (.spawn, "starting"), (.release, "stopped"),
        ],
        "stopping": [
            (.none, "stopping"), (.none, "stopping"), (.release, "stopped"), (.none, "stopping"), (.none, "stopping"),
            (.none, "stopping"), (.none, "stopping"), (.release, "stopped"), (.release, "stopped"),
            (.release, "stopped"), (.none, "stopping"), (.none, "stopping"),
        ],
        "failed": [
            (.spawn, "starting"), (.none, "failed"), (.none, "failed"), (.none, "failed"), (.none, "failed"),
            (.none, "failed"), (.none, "failed"), (.none, "failed"), (.none, "failed"), (.none, "failed"),
            (.none, "failed"), (.release, "stopped"),
        ],
    ]

    @Test(arguments: paths.indices)
    func `every event in every state does what the table says`(index: Int) throws {
        let (state, events) = Self.paths[index]
        let row = try #require(Self.table[state])
        for (event, (action, next)) in zip(Self.columns, row) {
            var machine = TunnelLifecycle()
            for event in events { _ = machine.handle(event) }
            let done = machine.handle(event)
            #expect(done == action && machine.state.word == next, "\(state), \(event): \(done), \(machine.state)")
        }
        #expect(row.count == Self.columns.count)
    }

    /// A process that lives so long, and is connected from the beginning to its end if it is.
    private func live(_ machine: inout TunnelLifecycle, from: Int, seconds: Int, isConnected: Bool) -> Action {
        _ = machine.handle(.spawned(at: Self.after(from)))
        if isConnected {
            _ = machine.handle(.connectionsCounted(1, at: Self.after(from)))
            _ = machine.handle(.connectionsCounted(1, at: Self.after(from + seconds)))
        }
        return machine.handle(.exited(.exited(code: 1), at: Self.after(from + seconds)))
    }

    @Test func `the fifth soon ending in a row is the last`() {
        var machine = TunnelLifecycle()
        _ = machine.handle(.startRequested)
        for round in 1...4 {
            #expect(
                live(&machine, from: 100 * round, seconds: 9, isConnected: false) == .scheduleBackoff(failures: round))
            #expect(machine.handle(.backoffElapsed) == .spawn && machine.restarts == round)
        }
        #expect(live(&machine, from: 500, seconds: 9, isConnected: false) == .release)
        #expect(machine.state == .failed(.endsTooSoon) && !machine.isOpen)
        // Asked again, it begins anew.
        #expect(machine.handle(.startRequested) == .spawn)
        #expect(machine.restarts == 0 && machine.failures == 0 && machine.soonEndings == 0)
    }

    @Test func `a later ending breaks the row, but the pauses go on growing`() {
        var machine = TunnelLifecycle()
        _ = machine.handle(.startRequested)
        for round in 1...20 {
            let action = live(&machine, from: 100 * round, seconds: round % 4 == 0 ? 10 : 1, isConnected: true)
            #expect(action == .scheduleBackoff(failures: round))
            _ = machine.handle(.backoffElapsed)
        }
    }

    @Test(arguments: [(59, 3), (60, 1)])
    func `a minute of connection forgives what was before`(seconds: Int, failures: Int) {
        var machine = TunnelLifecycle()
        _ = machine.handle(.startRequested)
        for round in 1...2 {
            _ = live(&machine, from: 100 * round, seconds: 1, isConnected: false)
            _ = machine.handle(.backoffElapsed)
        }
        #expect(live(&machine, from: 300, seconds: seconds, isConnected: true) == .scheduleBackoff(failures: failures))
    }

    @Test func `a broken minute is none`() {
        var machine = TunnelLifecycle()
        _ = machine.handle(.startRequested)
        _ = live(&machine, from: 0, seconds: 1, isConnected: false)
        _ = machine.handle(.backoffElapsed)
        _ = machine.handle(.spawned(at: Self.after(10)))
        for (second, count) in [(10, 1), (50, 1), (51, 0), (52, 1), (100, 1)] {
            _ = machine.handle(.connectionsCounted(count, at: Self.after(second)))
        }
        #expect(machine.handle(.exited(.signaled(11), at: Self.after(100))) == .scheduleBackoff(failures: 2))
    }

    @Test func `only the operator's own start fails in his face`() {
        var machine = TunnelLifecycle()
        _ = machine.handle(.startRequested)
        _ = live(&machine, from: 0, seconds: 20, isConnected: true)
        _ = machine.handle(.backoffElapsed)
        #expect(machine.handle(.spawnFailed(.couldNotStart(2))) == .scheduleBackoff(failures: 2))
    }

    @Test func `an adopted process counts from its real start`() {
        var machine = TunnelLifecycle()
        _ = machine.handle(.adopted(startedAt: Self.start, restarts: 2))
        #expect(machine.isRunning && machine.restarts == 2)
        #expect(machine.handle(.exited(.unknown, at: Self.after(11))) == .scheduleBackoff(failures: 1))
        #expect(machine.soonEndings == 0)
    }

    @Test(arguments: [
        (1, 0.0, 1000), (2, 0, 2000), (6, 0, 32_000), (7, 0, 60_000), (99, 0, 60_000), (1, 1, 1200), (7, -1, 48_000),
    ])
    func `pauses double from a second to a minute`(failures: Int, chance: Double, milliseconds: Int) {
        #expect(TunnelBackoff.delay(afterFailures: failures, chance: chance).milliseconds == milliseconds)
    }
}
