import Glibc
import IPC
import Platform
import Testing

@testable import Supervisor

@Suite @MainActor struct WorkerPoolTests {
    @Test func `a roll drains each old worker only when its successor is ready`() async throws {
        let gateway = try FakeGateway(workers: 2)
        await eventually("ready") { gateway.pool.statuses.allSatisfy { $0.state == .ready } }
        let old = gateway.workers
        gateway.onSpawn = { _ in }
        let roll = Task { try await gateway.pool.restartAll() }
        await eventually("successor") { gateway.workers.count == 3 }
        #expect(old.allSatisfy { $0.drains.isEmpty })
        gateway.onSpawn = { $0.ready() }
        gateway.workers[2].ready()
        try await roll.value
        await eventually("all replaced") { old.allSatisfy { $0.drains.count == 1 } }
        #expect(gateway.pool.statuses.map(\.state) == [.ready, .draining, .ready, .draining])
        for worker in old { worker.die() }
        await eventually("retired") { gateway.pool.statuses.map(\.state) == [.ready, .ready] }
        #expect(gateway.pool.statuses.map(\.restarts) == [1, 1])
    }

    @Test func `a roll whose first worker does not become ready changes nothing`() async throws {
        let gateway = try FakeGateway(workers: 2)
        await eventually("ready") { gateway.pool.statuses.allSatisfy { $0.state == .ready } }
        gateway.onSpawn = { $0.die() }
        await #expect(throws: WorkerRestartError.notReady) { try await gateway.pool.restartAll() }
        #expect(gateway.workers.count == 3 && gateway.workers.prefix(2).allSatisfy { $0.drains.isEmpty })
        #expect(gateway.pool.statuses.map(\.state) == [.ready, .ready])
        #expect(gateway.pool.healthReasons == ["reload_failed"])
        gateway.onSpawn = { $0.ready() }
        try await gateway.pool.restartAll()
        #expect(gateway.pool.healthReasons.isEmpty)
    }

    @Test func `asks during a roll make one more roll, and no place has three generations`() async throws {
        let gateway = try FakeGateway(workers: 1)
        await eventually("ready") { gateway.pool.choose() != nil }
        let first = Task { try await gateway.pool.restartAll() }
        await eventually("first roll") { gateway.workers.count == 2 }
        let rolls = (0..<6).map { _ in Task { try await gateway.pool.restartAll() } }
        try await first.value
        try? await Task.sleep(for: .milliseconds(50))
        #expect(gateway.workers.count == 2, "the second roll waits for the first generation to go")
        gateway.workers[0].die()
        await eventually("second roll") { gateway.workers.count == 3 }
        for roll in rolls { try await roll.value }
        gateway.workers[1].die()
        await eventually("settled") { gateway.pool.statuses.map(\.state) == [.ready] }
        #expect(gateway.workers.count == 3)
    }

    @Test func `each worker hears above which memory it is replaced`() async throws {
        let gateway = try FakeGateway(workers: 2)
        await eventually("ready") { gateway.pool.statuses.allSatisfy { $0.state == .ready } }
        for worker in gateway.workers {
            #expect(worker.softMemoryLimitBytes == UInt64(FakeGateway.softMemoryLimitBytes))
        }
    }

    @Test func `a snapshot stands in every channel before publishing returns, and newcomers get the latest`()
        async throws
    {
        let gateway = try FakeGateway(workers: 2)
        await eventually("ready") { gateway.pool.statuses.allSatisfy { $0.state == .ready } }
        await gateway.pool.publish(Array("{\"a\":1}".utf8))
        await eventually("received") { gateway.workers.allSatisfy { $0.snapshots.last?.revision == 2 } }
        gateway.workers[0].die()
        await eventually("replaced") { gateway.workers.count == 3 }
        await eventually("latest") { gateway.workers[2].snapshots.first?.revision == 2 }
        #expect(gateway.workers[2].snapshots.first?.document == Array("{\"a\":1}".utf8))
    }

    @Test func `a process that cannot be given its channel is killed and reaped`() async throws {
        var pids: [pid_t] = []
        let pool = try WorkerPool(
            WorkerPool.Options(workerCount: 1, executablePath: "/bin/true", ledgerSlots: 16, version: "test"),
            snapshot: Array("{}".utf8),
            spawn: { _, _ in
                let child = try ChildProcess.spawn(.path("/bin/sleep"), arguments: ["sleep", "60"], environment: [])
                pids.append(child.pid)
                // No loop watches a plain file.
                let file = FileDescriptor(owning: open("/bin/true", O_RDONLY | O_CLOEXEC))
                return SpawnedWorker(child: child, channel: file)
            })
        pool.start(
            WorkerPool.Events(message: { _, _ in }, ready: {}, gone: { _ in }, inspected: { _ in }))
        await eventually("tried again") { pids.count > 1 }
        await eventually("the first is reaped") { kill(pids[0], 0) != 0 && errno == ESRCH }
        pool.stop(within: .zero, onEmpty: {})
    }

    @Test func `a worker that dies before it has proven itself is started again later, and health says so`()
        async throws
    {
        let gateway = try FakeGateway(workers: 1)
        gateway.onSpawn = { $0.die() }
        gateway.workers[0].die()
        let began = MonotonicInstant.now
        await eventually("three more") { gateway.workers.count == 4 }
        #expect(MonotonicInstant.now - began >= .milliseconds(560), "100 + 200 + 400 ms less a fifth")
        await eventually("degraded") { gateway.pool.healthReasons == ["no_ready_worker", "worker_crash_loop"] }
        gateway.onSpawn = { $0.ready() }
        await eventually("well again") { gateway.pool.choose() != nil }
    }

    @Test func `stopping drains every worker and reports when the last has gone`() async throws {
        let gateway = try FakeGateway(workers: 2)
        await eventually("ready") { gateway.pool.statuses.allSatisfy { $0.state == .ready } }
        var isEmpty = false
        gateway.pool.stop(within: .seconds(50)) { isEmpty = true }
        await eventually("told") { gateway.workers.allSatisfy { $0.drains.first?.reason == .stop } }
        gateway.workers[0].die()
        await eventually("gone") { gateway.gone.count == 1 }
        #expect(!isEmpty && gateway.workers.count == 2)
        gateway.workers[1].die()
        await eventually("empty") { isEmpty }
    }

    @Test func `new connections avoid a worker whose pulse is late`() async throws {
        let gateway = try FakeGateway(workers: 2)
        await eventually("ready") { gateway.pool.statuses.allSatisfy { $0.state == .ready } }
        let pulse = Pulse(residentBytes: 1, openExchanges: 0, openConnections: 0, snapshotRevision: 1)
        for _ in 0..<8 {
            gateway.workers[1].say(pulse)
            try? await Task.sleep(for: .milliseconds(200))
        }
        for _ in 0..<4 { try await gateway.ask() }
        await eventually("elsewhere") { gateway.workers[1].handoffs.count == 4 }
        #expect(gateway.workers[0].handoffs.isEmpty)
    }
}
