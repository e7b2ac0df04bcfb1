import Testing

@testable import Worker

struct WorkerLifecycleTests {
    struct Case: CustomTestStringConvertible {
        let name: String
        let events: [WorkerLifecycle.Event]
        var isEmpty = true
        let actions: [WorkerLifecycle.Action]
        let state: WorkerLifecycle.State

        var testDescription: String { name }
    }

    static let ready: [WorkerLifecycle.Event] = [.greeted, .configured]

    static let cases: [Case] = [
        Case(
            name: "ready needs both, in any order", events: [.configured, .greeted], actions: [.none, .sayReady],
            state: .ready),
        Case(
            name: "a second snapshot changes nothing", events: ready + [.configured],
            actions: [.none, .sayReady, .none], state: .ready),
        Case(name: "another major is only drained", events: [.foreignVersion], actions: [.sayDrained], state: .over),
        Case(
            name: "drained before ready", events: [.greeted, .drainRequested], actions: [.none, .sayDrained],
            state: .over),
        Case(
            name: "drained with nothing in hand", events: ready + [.drainRequested],
            actions: [.none, .sayReady, .sayDrained], state: .over),
        Case(
            name: "drained with connections", events: ready + [.drainRequested, .emptied], isEmpty: false,
            actions: [.none, .sayReady, .giveBackIdle, .sayDrained], state: .over),
        Case(
            name: "drain limit", events: ready + [.drainRequested, .limitPassed, .emptied], isEmpty: false,
            actions: [.none, .sayReady, .giveBackIdle, .cutExchanges, .sayDrained], state: .over),
        Case(
            name: "a second drain is one drain", events: ready + [.drainRequested, .drainRequested], isEmpty: false,
            actions: [.none, .sayReady, .giveBackIdle, .none], state: .draining),
        Case(
            name: "supervisor gone, nothing in hand", events: ready + [.supervisorGone],
            actions: [.none, .sayReady, .exit], state: .over),
        Case(
            name: "supervisor gone, exchanges finish", events: ready + [.supervisorGone, .emptied], isEmpty: false,
            actions: [.none, .sayReady, .goOnAlone, .exit], state: .over),
        Case(
            name: "supervisor gone while draining", events: ready + [.drainRequested, .supervisorGone, .limitPassed],
            isEmpty: false, actions: [.none, .sayReady, .giveBackIdle, .goOnAlone, .exit], state: .over),
        Case(
            name: "connections come and go", events: ready + [.emptied, .limitPassed],
            actions: [.none, .sayReady, .none, .none], state: .ready),
        Case(name: "gone before hello", events: [.supervisorGone], actions: [.exit], state: .over),
        Case(
            name: "gone after drained", events: ready + [.drainRequested, .supervisorGone],
            actions: [.none, .sayReady, .sayDrained, .exit], state: .over),
    ]

    @Test("one worker from hello to exit", arguments: cases)
    func life(_ row: Case) {
        var lifecycle = WorkerLifecycle()
        let actions = row.events.map { lifecycle.handle($0, isEmpty: row.isEmpty) }
        #expect(actions == row.actions && lifecycle.state == row.state)
    }
}
