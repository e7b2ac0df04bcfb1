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
}

/// What happened, in order.
@MainActor final class Notes {
    var lines: [String] = []
}

private actor OtherThread {
    private nonisolated let executor = ThreadExecutor(name: "other")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    func thread() -> pthread_t { pthread_self() }
}
