import APIErrors
import Digest
import IPC
import Platform
import Testing

@testable import Supervisor

@Suite @MainActor struct HandoffDeskTests {
    nonisolated static let request = "POST /v1/messages HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}"

    @Test func `a connection goes to the worker with the fewest open exchanges, with its bytes and a filled slot`()
        async throws
    {
        let gateway = try FakeGateway(workers: 2)
        await eventually("ready") { gateway.pool.healthReasons.isEmpty && gateway.pool.choose() != nil }
        await eventually("both ready") { gateway.pool.statuses.allSatisfy { $0.state == .ready } }
        for _ in 0..<4 { try await gateway.ask(Self.request) }
        await eventually("two each") { gateway.workers.allSatisfy { $0.handoffs.count == 2 } }
        let first = try #require(gateway.workers[0].handoffs.first).message
        #expect(first.received == Array(Self.request.utf8) && first.consumedBefore == 0 && first.handedBefore == 0)
        let slot = try gateway.workers[0].slot(0).load()
        #expect(slot.phase == .reading && slot.generation == first.connection.generation)
    }

    @Test func `a returned connection is served here and its slot is given out again with the next generation`()
        async throws
    {
        let gateway = try FakeGateway(workers: 1, slots: 1)
        await eventually("ready") { gateway.pool.choose() != nil }
        try await gateway.ask()
        let worker = gateway.workers[0]
        await eventually("handed") { worker.handoffs.count == 1 }
        #expect(gateway.pool.choose() == nil, "its only slot is taken")
        worker.giveBack(0, consumed: 40, written: 100, received: Array("GET".utf8))
        await eventually("served") { gateway.served.count == 1 }
        let record = try #require(gateway.served.first)
        #expect(record.consumedBefore == 40 && record.written == 100 && record.received == Array("GET".utf8))
        try await gateway.ask()
        await eventually("handed again") { worker.handoffs.count == 2 }
        #expect(worker.handoffs[1].message.connection.slot == worker.handoffs[0].message.connection.slot)
        #expect(
            worker.handoffs[1].message.connection.generation == worker.handoffs[0].message.connection.generation + 1)
        worker.close(0)  // late word about the first tenant
        worker.close(1)
        await eventually("free") { gateway.desk.connectionCount == 0 }
    }

    @Test func `a request that a dead worker had not begun goes to another worker once, then is answered 503`()
        async throws
    {
        let gateway = try FakeGateway(workers: 2)
        await eventually("ready") { gateway.pool.statuses.allSatisfy { $0.state == .ready } }
        let client = try await gateway.ask(Self.request)
        await eventually("handed") { gateway.workers.contains { $0.handoffs.count == 1 } }
        let first = try #require(gateway.workers.firstIndex { $0.handoffs.count == 1 })
        gateway.workers[first].die()
        await eventually("another") { gateway.workers.filter { $0.handoffs.count == 1 }.count == 2 }
        let second = try #require(gateway.workers.lastIndex { $0.handoffs.count == 1 && $0 !== gateway.workers[first] })
        let again = gateway.workers[second].handoffs[0].message
        #expect(again.handedBefore == 1 && again.received == Array(Self.request.utf8))
        #expect(gateway.gone.count == 1)
        gateway.workers[second].die()
        await eventually("answered") { gateway.ended.count == 1 }
        let answer = gateway.endedText(0)
        #expect(
            answer.hasPrefix("HTTP/1.1 503") && answer.contains("Retry-After: 1")
                && answer.contains("\"type\":\"error\""))
        _ = client
    }

    /// What the worker wrote down and wrote, and what the client must get behind it.
    nonisolated static let deaths:
        [(name: String, journal: @Sendable (LedgerCursor) -> Void, written: String, ends: [String], serves: Bool)] = [
            ("idle", { $0.idle(consumed: UInt64(request.utf8.count), written: 5, now: 1) }, "HELLO", [], true),
            ("leased", { $0.leased() }, "", ["HTTP/1.1 503", "has ended", "Connection: close"], false),
            (
                "stream at a boundary",
                {
                    $0.leased()
                    $0.streaming(framing: .chunked, keepsAlive: true)
                    $0.willWrite(complete: 0, boundary: 5)
                }, "EVENT", ["event: error", "\r\n0\r\n\r\n"], false
            ),
            (
                "array at a boundary",
                {
                    $0.leased()
                    $0.streaming(framing: .chunkedArray, keepsAlive: true)
                    $0.willWrite(complete: 0, boundary: 5)
                }, "[{..}", ["\r\n,\r\n{", "}]\r\n0\r\n\r\n"], false
            ),
            (
                "stream between boundaries",
                {
                    $0.leased()
                    $0.streaming(framing: .chunked, keepsAlive: true)
                    $0.willWrite(complete: 0, boundary: 9)
                }, "EVENT", [], false
            ),
        ]

    @Test(arguments: deaths.indices)
    func `a death ends each connection as its ledger says`(row: Int) async throws {
        let death = Self.deaths[row]
        let gateway = try FakeGateway(workers: 1)
        await eventually("ready") { gateway.pool.choose() != nil }
        let client = try await gateway.ask(Self.request)
        let worker = gateway.workers[0]
        await eventually("handed") { worker.handoffs.count == 1 }
        death.journal(try worker.slot(0))
        let bytes = Array(death.written.utf8)
        if !bytes.isEmpty { _ = try bytes.withUnsafeBytes { try SocketIO.send(worker.handoffs[0].socket, $0) } }
        worker.die()
        await eventually("settled") { gateway.served.count + gateway.ended.count == 1 }
        #expect(gateway.served.count == (death.serves ? 1 : 0), "\(death.name)")
        let text = gateway.endedText(0)
        for part in death.ends { #expect(text.contains(part), "\(death.name): \(text)") }
        if death.ends.isEmpty { #expect(text.isEmpty, "\(death.name): \(text)") }
        _ = client
    }

    @Test func `of the idle connections of all workers it is known since when they are idle`() async throws {
        let gateway = try FakeGateway(workers: 2)
        await eventually("ready") { gateway.pool.statuses.allSatisfy { $0.state == .ready } }
        for count in 1...3 {
            try await gateway.ask()
            await eventually("handed") { gateway.workers.map(\.handoffs.count).reduce(0, +) == count }
        }
        let handed = gateway.workers.flatMap { worker in worker.handoffs.indices.map { (worker, $0) } }
        try handed[0].0.slot(handed[0].1).idle(consumed: 9, written: 9, now: 300)
        try handed[1].0.slot(handed[1].1).idle(consumed: 9, written: 9, now: 200)
        try handed[2].0.slot(handed[2].1).leased()
        #expect(gateway.desk.idleConnections.map(\.since.nanoseconds).sorted() == [200, 300])
    }

    @Test func `without a worker a request waits and goes to the first that is ready`() async throws {
        let gateway = try FakeGateway(workers: 1)
        gateway.onSpawn = { _ in }
        let worker = gateway.workers[0]
        try await gateway.ask()
        #expect(gateway.desk.connectionCount == 1)
        worker.ready()
        await eventually("handed") { worker.handoffs.count == 1 }
    }

    @Test func `without a worker a request is answered 503 after two seconds`() async throws {
        let gateway = try FakeGateway(workers: 1)
        gateway.workers[0].die()
        gateway.canSpawn = false
        let began = MonotonicInstant.now
        try await gateway.ask()
        await eventually("answered", within: .seconds(4)) { gateway.ended.count == 1 }
        #expect(gateway.endedText(0).contains("gateway_no_worker") && gateway.endedText(0).contains("Retry-After: 1"))
        #expect(MonotonicInstant.now - began >= .milliseconds(1950))
    }

    @Test func `a body that was alive at two deaths gets no lease until it has succeeded once`() async throws {
        let gateway = try FakeGateway(workers: 1)
        let digest = (0..<16).map { UInt8($0) }
        for death in 0..<2 {
            await eventually("ready \(death)") { gateway.pool.choose() != nil }
            let worker = gateway.workers[gateway.workers.count - 1]
            try await gateway.ask()
            await eventually("handed") { worker.handoffs.count == 1 }
            let slot = try worker.slot(0)
            slot.began(consumed: 0, written: 0, now: MonotonicInstant.now.nanoseconds)
            slot.identify(digest: digest)
            slot.leased()
            worker.die()
            await eventually("settled") { gateway.ended.count == death + 1 }
        }
        await eventually("ready again") { gateway.pool.choose() != nil }
        let worker = gateway.workers[gateway.workers.count - 1]
        func ask(_ id: String) {
            worker.say(
                LeaseRequest(
                    requestID: id, apiKeyID: "k", dialect: .openAIChat, isStream: false, upstreamModel: "m",
                    bodyDigest: digest, scheduleMillisecondsLeft: 1, totalMillisecondsLeft: 1))
        }
        ask("a")
        await eventually("denied") { worker.denies.count == 1 }
        #expect(worker.denies.first?.final.situation == Situation.requestRefused.rawValue)
        #expect(worker.denies.first?.final.shouldRetry == false && gateway.requests.isEmpty)
        worker.say(ExchangeEnd(number: 1, requestID: "b", bodyDigest: digest, outcome: .success))
        ask("c")
        await eventually("leased") { gateway.requests.count == 1 }
    }
}

extension AttemptOutcome {
    static let success = AttemptOutcome(
        leaseID: "l", outcomeClass: 26, isContentCommitted: true, endpoint: 0, durationMilliseconds: 1)
}

extension HandoffDeskTests {
    static let headOnly = "POST /v1/messages HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{}"

    /// Text of a request, whether a third one like it is refused after two deaths while it was read.
    nonisolated static let readings = [(request, true), ("GET /v1/models HTTP/1.1\r\nHost: a\r\n\r\n", true)]

    @Test(arguments: readings.indices)
    func `a whole request that was being read at two deaths is refused, until one like it is survived`(row: Int)
        async throws
    {
        let gateway = try FakeGateway(workers: 1)
        try await die(twice: Self.readings[row].0, gateway)
        try await gateway.ask(Self.readings[row].0)
        await eventually("refused") { gateway.endedText(1).contains("503") }
        #expect(gateway.endedText(0).contains("503"), "the second death is answered")
    }

    @Test func `the same head alone is not held against a client`() async throws {
        let gateway = try FakeGateway(workers: 1)
        try await die(twice: Self.headOnly, gateway)
        try await gateway.ask(Self.headOnly)
        await eventually("handed") { gateway.workers.last?.handoffs.count == 1 }
    }

    private func die(twice text: String, _ gateway: FakeGateway) async throws {
        await eventually("ready") { gateway.pool.choose() != nil }
        try await gateway.ask(text)
        for death in 1...2 {
            await eventually("handed") { gateway.workers.last?.handoffs.count == 1 }
            gateway.workers.last?.die()
            await eventually("gone") { gateway.gone.count == death }
            await eventually("ready again") { gateway.pool.choose() != nil }
        }
    }
}
