import Platform
import Testing

@testable import Supervisor

@Suite struct WorkerLifecycleTests {
    typealias Event = WorkerLifecycle.Event
    typealias Action = WorkerLifecycle.Action

    static let start = MonotonicInstant(nanoseconds: 1_000_000_000_000)
    static let early = start + .milliseconds(999)
    static let late = start + .seconds(1)

    /// What brings a new machine into each state.
    static let paths: [(state: String, events: [Event])] = [
        ("down", []),
        ("starting", [.startRequested, .spawned(pid: 7)]),
        ("ready", [.startRequested, .spawned(pid: 7), .reportedReady(at: start)]),
        ("draining", [.startRequested, .spawned(pid: 7), .reportedReady(at: start), .drainRequested]),
        ("backingOff", [.startRequested, .spawned(pid: 7), .exited(at: start)]),
    ]

    /// Every event in the order of the columns below.
    static let columns: [Event] = [
        .startRequested, .spawned(pid: 9), .spawnFailed, .reportedReady(at: start), .readyDeadlinePassed,
        .foundUnresponsive, .drainRequested, .drainDeadlinePassed, .exited(at: early), .exited(at: late),
        .backoffElapsed,
    ]

    /// A row for each state: the action and the state after each event.
    static let table: [String: [(Action, String)]] = [
        "down": [
            (.spawn, "down"), (.none, "starting"), (.scheduleBackoff(failures: 1), "backingOff"), (.none, "down"),
            (.none, "down"), (.none, "down"), (.none, "down"), (.none, "down"), (.none, "down"), (.none, "down"),
            (.none, "down"),
        ],
        "starting": [
            (.none, "starting"), (.none, "starting"), (.none, "starting"), (.publishReady, "ready"),
            (.kill(pid: 7), "starting"), (.kill(pid: 7), "starting"), (.kill(pid: 7), "draining"), (.none, "starting"),
            (.scheduleBackoff(failures: 1), "backingOff"), (.scheduleBackoff(failures: 1), "backingOff"),
            (.none, "starting"),
        ],
        "ready": [
            (.none, "ready"), (.none, "ready"), (.none, "ready"), (.none, "ready"), (.none, "ready"),
            (.kill(pid: 7), "ready"), (.sendDrain, "draining"), (.none, "ready"),
            (.scheduleBackoff(failures: 1), "backingOff"), (.spawn, "down"), (.none, "ready"),
        ],
        "draining": [
            (.none, "draining"), (.none, "draining"), (.none, "draining"), (.none, "draining"), (.none, "draining"),
            (.kill(pid: 7), "draining"), (.none, "draining"), (.kill(pid: 7), "draining"), (.retire, "down"),
            (.retire, "down"), (.none, "draining"),
        ],
        "backingOff": [
            (.none, "backingOff"), (.none, "starting"), (.scheduleBackoff(failures: 2), "backingOff"),
            (.none, "backingOff"), (.none, "backingOff"), (.none, "backingOff"), (.cancelBackoff, "down"),
            (.none, "backingOff"), (.none, "backingOff"), (.none, "backingOff"), (.spawn, "backingOff"),
        ],
    ]

    @Test(arguments: paths.indices)
    func `every event in every state does what the table says`(row: Int) throws {
        let path = Self.paths[row]
        let expected = try #require(Self.table[path.state])
        for (event, (action, after)) in zip(Self.columns, expected) {
            var machine = WorkerLifecycle()
            for step in path.events { _ = machine.handle(step) }
            let found = machine.handle(event)
            if found != action || Self.name(machine.state) != after {
                Issue.record("\(path.state) + \(event): \(found), \(Self.name(machine.state)); not \(action), \(after)")
            }
        }
    }

    @Test func `a worker that was ready for a second clears the failures before it`() {
        var machine = WorkerLifecycle()
        _ = machine.handle(.startRequested)
        for _ in 0..<5 {
            _ = machine.handle(.spawned(pid: 7))
            _ = machine.handle(.exited(at: Self.start))
            _ = machine.handle(.backoffElapsed)
        }
        #expect(machine.failures == 5)
        _ = machine.handle(.spawned(pid: 8))
        _ = machine.handle(.reportedReady(at: Self.start))
        #expect(machine.handle(.exited(at: Self.late)) == .spawn)
        _ = machine.handle(.spawned(pid: 9))
        #expect(machine.handle(.exited(at: Self.late)) == .scheduleBackoff(failures: 1))
    }

    static func name(_ state: WorkerLifecycle.State) -> String {
        switch state {
        case .down: "down"
        case .starting: "starting"
        case .ready: "ready"
        case .draining: "draining"
        case .backingOff: "backingOff"
        }
    }
}
