import HTTP
import Platform
import Testing

@testable import Transport

/// What leaves at once and what waits for the end of a busy turn of the loop.
@MainActor @Suite(.timeLimit(.minutes(1))) struct TurnSendsTests {
    private let answer = ResponseHead(status: 200)

    private func nextTurn() async {
        await withUnsafeContinuation { waiter in EventLoop.atEndOfTurn { waiter.resume() } }
    }

    private func hasBytes(_ client: TestPeer) -> Bool { TestPeer.unread(client.raw) > 0 }

    @Test func `the first answers of a turn leave at once, the others at its end, and a stream never waits`()
        async throws
    {
        var clients: [TestPeer] = []
        var connections: [ServerConnection] = []
        for _ in 0..<8 {
            let wire = try TestWire.local()
            clients.append(wire.client)
            connections.append(wire.connection())
        }
        await nextTurn()
        for connection in connections.dropLast() { connection.respondAtOnce(answer, body: Array("x".utf8)) }
        connections[7].startStream(answer)
        connections[7].write(Array("data".utf8))
        connections[7].flushAtOnce()
        #expect(clients.indices.filter { hasBytes(clients[$0]) } == Array(0..<TurnSends.atOnceMax) + [7])
        await nextTurn()
        #expect(clients.allSatisfy(hasBytes))
        // A new turn counts anew.
        connections[4].respondAtOnce(answer, body: Array("y".utf8))
        await clients[4].read { answers(in: $0).count == 2 }
        #expect(answers(in: clients[4].text) == ["200 x", "200 y"])
        for connection in connections { connection.abort() }
    }

    @Test
    func `requests in one piece are answered in order on connections whose answers are held, and the end comes last`()
        async throws
    {
        var clients: [TestPeer] = []
        var servers: [Task<Void, Never>] = []
        let count = 12
        for number in 0..<count {
            let wire = try TestWire.local()
            clients.append(wire.client)
            let requests = (0..<3).map { "POST /\(number)/\($0) HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n\($0)" }
            clients[number].send(requests.joined() + "GET /last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
            servers.append(wire.connection { $0.lingerMax = .milliseconds(20) }.serveEchoes(takesWhatIsThere: true))
        }
        for number in 0..<count {
            let text = await clients[number].readToEnd()
            #expect(
                answers(in: text) == (0..<3).map { "200 POST /\(number)/\($0) \($0)" } + ["200 GET /last "])
        }
        for server in servers { await server.value }
    }

    @Test func `a connection whose client has ended its side is given away only when its held answers are out`()
        async throws
    {
        let wire = try TestWire.local()
        let client = wire.client
        let connection = wire.connection()
        let server = Task { () -> [UInt8]? in
            while let head = try await connection.nextRequest() {
                if head.path == "/elsewhere" { return connection.detach()?.received }
                connection.respondAtOnce(answer, body: Array(head.path.utf8))
            }
            return nil
        }
        await nextTurn()
        await nextTurn()
        // Waits for its first request by now, so that one event tells of all that follows.
        let count = TurnSends.atOnceMax + 1
        let asked = (0..<count).map { "GET /\($0) HTTP/1.1\r\nHost: h\r\n\r\n" }.joined()
        let other = "GET /elsewhere HTTP/1.1\r\nHost: h\r\n\r\n"
        client.send(asked + other)
        client.endSending()
        #expect(try await server.value.map { String(decoding: $0, as: UTF8.self) } == other)
        await client.read { answers(in: $0).count == count }
        #expect(answers(in: client.text) == (0..<count).map { "200 /\($0)" })
    }

    @Test func `a client that leaves before its held answer is sent ends its connection`() async throws {
        var servers: [Task<Void, Never>] = []
        for _ in 0..<12 {
            let wire = try TestWire.local()
            let client = wire.client
            client.send("GET /a HTTP/1.1\r\nHost: h\r\n\r\n")
            servers.append(wire.connection().serveEchoes())
            client.close()
        }
        for server in servers { await server.value }
    }

    @Test func `requests of one turn are all sent and answered, the held ones on dead connections once more`()
        async throws
    {
        let count = 12
        let first = (0..<count).map { _ in [HTTPClientTests.answer("1")] }
        // The kept connections are closed when the second requests come; the third time each gets its answer.
        let dead = (0..<count).map { _ in [ScriptedServer.Step.close] }
        let last = (0..<count).map { _ in [HTTPClientTests.answer("2")] }
        let server = try ScriptedServer(first + dead + last)
        let client = HTTPClient()
        for expected in ["1", "2"] {
            await nextTurn()
            let exchanges = (0..<count).map { client.start(HTTPClientTests.post(server.base, "[\($0)]")) }
            for exchange in exchanges {
                #expect(String(decoding: try await exchange.collect(sizeMaxBytes: 1 << 20), as: UTF8.self) == expected)
            }
            #expect(client.idleCount == count)
        }
        #expect(server.requests.count == 3 * count && server.connectionCount == 2 * count)
        client.shutdown()
        server.stop()
    }

    @Test func `a long request is not held`() async throws {
        let count = 8
        let server = try ScriptedServer((0..<2 * count).map { _ in [HTTPClientTests.answer("1")] })
        let client = HTTPClient()
        let opening = (0..<count).map { _ in client.start(HTTPClientTests.post(server.base, "{}")) }
        for exchange in opening { _ = try await exchange.collect(sizeMaxBytes: 1 << 20) }
        await nextTurn()
        let body = String(repeating: "y", count: TurnSends.heldMaxBytes)
        let exchanges = (0..<count).map { _ in client.start(HTTPClientTests.post(server.base, body)) }
        // What was held would now never be sent.
        for exchange in exchanges { exchange.cancel() }
        for _ in 0..<200 where server.requests.count < 2 * count { try await Task.sleep(for: .milliseconds(5)) }
        #expect(server.requests.count == 2 * count && client.openCount == 0)
        client.shutdown()
        server.stop()
    }

    @Test func `an exchange that is cancelled before its held request is sent sends nothing`() async throws {
        let count = 8
        let server = try ScriptedServer((0..<count + 1).map { _ in [HTTPClientTests.answer("1")] })
        let client = HTTPClient()
        let opening = (0..<count).map { _ in client.start(HTTPClientTests.post(server.base, "{}")) }
        for exchange in opening { _ = try await exchange.collect(sizeMaxBytes: 1 << 20) }
        await nextTurn()
        let exchanges = (0..<count).map { _ in client.start(HTTPClientTests.post(server.base, "{}")) }
        for exchange in exchanges { exchange.cancel() }
        try await Task.sleep(for: .milliseconds(50))
        #expect(server.requests.count <= count + TurnSends.atOnceMax && client.openCount == 0 && client.idleCount == 0)
        client.shutdown()
        server.stop()
    }
}
