import Glibc
import Platform
import Testing

@MainActor @Suite struct EventLoopTests {
    @Test func `sleeping tasks wake in the order of their deadlines`() async throws {
        let order = Notes()
        let tasks = [30, 10, 20].map { delay in
            Task {
                try await Task.sleep(for: .milliseconds(delay))
                order.lines.append("\(delay)")
            }
        }
        for task in tasks { try await task.value }
        #expect(order.lines == ["10", "20", "30"])
    }

    @Test func `a detached task runs on the loop's thread`() async {
        let here = pthread_self()
        let there = await Task.detached { pthread_self() }.value
        #expect(here == there)
    }

    @Test func `an actor with a thread of its own runs there and comes back to the loop`() async {
        let here = pthread_self()
        let there = await OtherThread().thread()
        #expect(there != here)
        #expect(pthread_self() == here)
    }

    @Test func `no job that another thread leaves is lost`() async {
        let notes = Notes()
        let others = [OtherThread(), OtherThread()]
        for other in others { Task { await other.repeatOnLoop(1000) { notes.lines.append("") } } }
        await notes.wait(for: 2000)
        check(notes.lines.count, 2000, "jobs")
    }

    @Test func `work for the end of a turn runs once, behind the turn's jobs`() async {
        let notes = Notes()
        await Task.yield()
        let turn = EventLoop.turn
        EventLoop.atEndOfTurn { notes.lines.append("end of \(EventLoop.turn - turn)") }
        Task { notes.lines.append("job in \(EventLoop.turn - turn)") }
        await notes.wait(for: 2)
        check(notes.lines, ["job in 0", "end of 0"], "order")
    }

    @Test func `a task that never rests does not keep the loop from its timers`() async {
        let notes = Notes()
        let timer = LoopTimer { notes.lines.append("timer") }
        timer.set(after: .milliseconds(5))
        let deadline = ContinuousClock.now + .seconds(5)
        while notes.lines.isEmpty, ContinuousClock.now < deadline { await Task.yield() }
        check(notes.lines, ["timer"], "timer")
    }
}

private actor OtherThread {
    private nonisolated let executor = ThreadExecutor(name: "other")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    func thread() -> pthread_t { pthread_self() }
    func repeatOnLoop(_ count: Int, _ action: @escaping @MainActor @Sendable () -> Void) {
        for _ in 0..<count { Task { @MainActor in action() } }
    }
}
