import HTTP
import Platform
import Testing
import Transport

@testable import Supervisor

@Suite @MainActor struct FrontDoorTests {
    /// A front door on a port of its own. Admin requests get their path back, AI requests are noted.
    @MainActor final class Fixture {
        let door: FrontDoor
        let listeners: HTTPListeners
        private(set) var handedOff: [(record: ConnectionRecord, path: String)] = []
        private var sockets: [CInt] = []
        var elsewhere = 0
        var evicted = 0
        var idleElsewhere: [IdleConnection] = []

        init(connectionsMax: Int = 100, limits: ServerLimits = ServerLimits()) throws {
            door = FrontDoor(limits: limits, connectionsMax: connectionsMax)
            listeners = try HTTPListeners.bind(port: 0, beyondLoopback: false)
            door.services = FrontDoor.Services(
                admin: { connection, head in
                    let body = (try? await connection.readBody(sizeMaxBytes: 100)) ?? []
                    await connection.respond(ResponseHead(status: 200), body: Array(head.path.utf8) + body)
                },
                handOff: { [unowned self] socket, record, head in
                    sockets.append(socket.release())
                    handedOff.append((record, head.path))
                },
                connectionsElsewhere: { [unowned self] in elsewhere },
                idleElsewhere: { [unowned self] in idleElsewhere })
            try door.open(listeners.listeners)
        }

        func connect() throws -> TestClient { try TestClient(port: listeners.port) }

        /// Gives the last handed-off connection back, as a worker would that has served its request.
        func giveBack(received: String = "") {
            guard let socket = sockets.popLast(), let (record, _) = handedOff.last else { return }
            let consumed = record.consumedBefore + UInt64(record.received.count) - UInt64(received.utf8.count)
            door.serve(
                FileDescriptor(owning: socket),
                ConnectionRecord(
                    peer: record.peer, received: Array(received.utf8), consumedBefore: consumed, written: record.written
                ))
        }
    }

    static let admin = "GET /api/health HTTP/1.1\r\nHost: a\r\n\r\n"
    static let ai = "POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}"

    @Test func `admin requests are served here and AI requests go on with every byte from their first`() async throws {
        let fixture = try Fixture()
        let client = try fixture.connect()
        try client.send(Self.admin + Self.ai)
        #expect(await client.receive(until: "/api/health").hasPrefix("HTTP/1.1 200"))
        await eventually("handed off") { fixture.handedOff.count == 1 }
        let record = try #require(fixture.handedOff.first?.record)
        #expect(record.received == Array(Self.ai.utf8) && record.consumedBefore == UInt64(Self.admin.utf8.count))
        #expect(record.written > 0 && fixture.door.connectionCount == 0)
    }

    @Test func `a connection that comes back goes on here, and away again`() async throws {
        let fixture = try Fixture()
        let client = try fixture.connect()
        try client.send(Self.ai + Self.admin)
        await eventually("handed off") { fixture.handedOff.count == 1 }
        fixture.giveBack(received: Self.admin)
        #expect(await client.receive(until: "/api/health").contains("200"))
        try client.send(Self.ai)
        await eventually("handed off again") { fixture.handedOff.count == 2 }
        #expect(fixture.handedOff[1].record.consumedBefore == UInt64((Self.ai + Self.admin).utf8.count))
    }

    @Test func `a connection that comes back while stopping is ended when it asks nothing`() async throws {
        let fixture = try Fixture()
        let client = try fixture.connect()
        try client.send(Self.ai)
        await eventually("handed off") { fixture.handedOff.count == 1 }
        var isEmpty = false
        fixture.door.stop(keepsListeners: false) { isEmpty = true }
        fixture.giveBack()
        await eventually("closed") { fixture.door.connectionCount == 0 }
        await eventually("empty") { isEmpty }
    }

    /// Bytes that are no request, and what of the answer shows whose words it is in.
    nonisolated static let refusals: [(bytes: String, status: String, words: String)] = [
        ("GET /api/health HTTP/1.1\r\n\r\n", "400", "\"code\":\"invalid_request\""),
        ("GET /v1/messages HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", "400", "\"type\":\"error\""),
        ("GET /v1beta/models HTTP/1.1\r\nHost : a\r\n\r\n", "400", "\"status\":\"INVALID_ARGUMENT\""),
        ("GET /v1/models HTTP/9.9\r\nHost: a\r\n\r\n", "505", "\"type\":\"invalid_request_error\""),
        ("nonsense\r\n\r\n", "400", "\"type\":\"invalid_request_error\""),
    ]

    @Test(arguments: refusals.indices)
    func `what cannot be read is refused in the words of its path, and the connection closes`(row: Int) async throws {
        let refusal = Self.refusals[row]
        let fixture = try Fixture()
        let client = try fixture.connect()
        try client.send(refusal.bytes)
        let answer = await client.receive()
        #expect(answer.hasPrefix("HTTP/1.1 \(refusal.status)") && answer.contains(refusal.words), "\(answer)")
        #expect(answer.contains("Connection: close"))
    }

    @Test func `at the cap the longest idle connections are ended for a new one`() async throws {
        let fixture = try Fixture(connectionsMax: 3)
        fixture.elsewhere = 1
        fixture.idleElsewhere = [IdleConnection(since: .now - .seconds(60), end: { fixture.evicted += 1 })]
        var clients: [TestClient] = []
        for count in 1...2 {
            clients.append(try fixture.connect())
            await eventually("accepted") { fixture.door.connectionCount == count }
        }
        let late = try fixture.connect()
        try late.send(Self.admin)
        #expect(await late.receive(until: "/api/health").contains("200"))
        #expect(await clients[0].receive().isEmpty)
        #expect(fixture.evicted == 1)
        try clients[1].send(Self.admin)
        #expect(await clients[1].receive(until: "/api/health").contains("200"), "the youngest stays")
    }

    @Test func `at the cap with nothing idle accepting rests until there is room`() async throws {
        let fixture = try Fixture(connectionsMax: 2)
        fixture.elsewhere = 2
        let busy = try fixture.connect()  // the one whose acceptance shows that there is no room
        try busy.send("GET ")
        await eventually("accepted") { fixture.door.connectionCount > 0 }
        let late = try fixture.connect()
        try late.send(Self.admin)
        try await Task.sleep(for: .milliseconds(250))
        #expect(fixture.door.connectionCount <= 1, "not accepted")
        fixture.elsewhere = 0
        #expect(await late.receive(until: "/api/health").contains("200"))
        try busy.send("/api/health HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(await busy.receive(until: "/api/health").contains("200"))
    }

    @Test func `stopping ends idle connections and lets a running exchange finish`() async throws {
        let fixture = try Fixture()
        let idle = try fixture.connect()
        let busy = try fixture.connect()
        try busy.send("POST /api/x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab")
        await eventually("accepted") { fixture.door.connectionCount == 2 }
        try await Task.sleep(for: .milliseconds(20))
        var isEmpty = false
        fixture.door.stop(keepsListeners: true) { isEmpty = true }
        #expect(await idle.receive().isEmpty)
        #expect(!isEmpty)
        try busy.send("cd")
        #expect(await busy.receive().hasSuffix("/api/xabcd"))
        await eventually("empty") { isEmpty }
    }

    @Test func `a request that does not come whole does not hold up the stop`() async throws {
        let begun = ["POST /api/accounts HTTP/1.1\r\nHost: a\r\nContent-Length: 90\r\n\r\n", "GET /api/hea"]
        let fixture = try Fixture()
        let clients = try begun.map { sent in
            let client = try fixture.connect()
            try client.send(sent)
            return client
        }
        await eventually("accepted") { fixture.door.connectionCount == clients.count }
        var isEmpty = false
        let start = MonotonicInstant.now
        fixture.door.stop(keepsListeners: true) { isEmpty = true }
        let trickle = Task {
            while !Task.isCancelled {
                try? clients[0].send("x")
                try? await Task.sleep(for: .milliseconds(50))
            }
        }
        await eventually("empty") { isEmpty }
        trickle.cancel()
        // Also the last look at what such a client still sends.
        #expect(MonotonicInstant.now - start < FrontDoor.receiptGrace + .seconds(2))
        #expect(MonotonicInstant.now - start >= FrontDoor.receiptGrace)
    }

    @Test func `a connection accepted in the turn of the stop is answered if it asks and ended if it does not`()
        async throws
    {
        let fixture = try Fixture()
        let silent = try fixture.connect()
        let asking = try fixture.connect()
        try asking.send(Self.admin)
        var isEmpty = false
        await eventually("accepted") {
            guard fixture.door.connectionCount > 0 else { return false }
            fixture.door.stop(keepsListeners: true) { isEmpty = true }
            return true
        }
        #expect(await asking.receive(until: "/api/health").contains("200"))
        #expect(await silent.receive().isEmpty)
        await eventually("empty") { isEmpty }
    }

    @Test func `what is in the queue when the listeners close is answered, above the cap too`() async throws {
        let fixture = try Fixture(connectionsMax: 2)
        fixture.elsewhere = 2
        // More than one turn accepts, and nobody accepts before the stop: there is no turn of the loop in between.
        var clients: [TestClient] = []
        for number in 0..<(2 * Listener.acceptsPerTurnMax) {
            let client = try fixture.connect()
            if number % 2 == 0 { try client.send(Self.admin) }
            clients.append(client)
        }
        var isEmpty = false
        fixture.door.stop(keepsListeners: false) { isEmpty = true }
        for (number, client) in clients.enumerated() {
            #expect(await client.receive().contains("/api/health") == (number % 2 == 0), "client \(number)")
        }
        await eventually("empty") { isEmpty }
    }

    @Test func `last words are sent whole and the connection ends behind them`() async throws {
        let fixture = try Fixture()
        let client = try await TestClient.connected()
        try client.send("bytes nobody has read")
        let server = try await client.accepted()
        let words = [UInt8](repeating: UInt8(ascii: "x"), count: 2_000_000)
        fixture.door.end(server, saying: words)
        #expect(await client.receive().utf8.count == words.count)
        await eventually("gone") { fixture.door.connectionCount == 0 }
    }

    @Test func `listeners know whether others than this host can connect`() throws {
        #expect(try HTTPListeners.bind(port: 0, beyondLoopback: false).isLoopbackOnly)
        #expect(try !HTTPListeners.bind(port: 0, beyondLoopback: true).isLoopbackOnly)
    }

    @Test func `a port in use is named together with its setting`() throws {
        let taken = try HTTPListeners.bind(port: 0, beyondLoopback: false)
        #expect(throws: ListenError.portInUse(host: "127.0.0.1", port: taken.port)) {
            try HTTPListeners.bind(port: taken.port, beyondLoopback: false)
        }
        let text = ListenError.portInUse(host: "127.0.0.1", port: taken.port).description
        #expect(text.contains("\(taken.port)") && text.contains("PORT"))
    }
}
