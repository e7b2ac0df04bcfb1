import Glibc
import HTTP
import Platform
import Testing

@testable import Transport

@MainActor @Suite(.timeLimit(.minutes(1))) struct HTTPClientTests {
    static func answer(_ body: String, status: String = "200 OK", fields: String = "") -> ScriptedServer.Step {
        .bytes(Array("HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(fields)\r\n\(body)".utf8))
    }

    static func post(_ url: String, _ body: String = "{}") -> ClientRequest {
        ClientRequest(
            method: .post, url: url, fields: [("Content-Type", "application/json")], body: Array(body.utf8))
    }

    @Test func `a request reaches the server as it was given and its answer comes back whole`() async throws {
        let server = try ScriptedServer([[Self.answer("hello", fields: "Content-Type: text/plain\r\nX-A: 1\r\n")]])
        let client = HTTPClient()
        let exchange = client.start(Self.post("\(server.base)/path?q=1", "{\"a\":1}"))
        let head = try await exchange.head()
        #expect(head.status == 200)
        #expect(exchange.field("content-type") == "text/plain")
        #expect(exchange.field("x-a") == "1")
        #expect(try await exchange.collect(sizeMaxBytes: 100) == Array("hello".utf8))
        let request = try #require(server.requests.first)
        #expect(request.hasPrefix("POST /path?q=1 HTTP/1.1\r\n"))
        #expect(request.hasSuffix("\r\n\r\n{\"a\":1}"))
        #expect(!request.lowercased().contains("expect:"))
        client.shutdown()
        server.stop()
    }

    @Test func `a connection is used again, and nothing of the last request stays on it`() async throws {
        let server = try ScriptedServer([[Self.answer("1")], [Self.answer("2")], [Self.answer("3")]])
        let client = HTTPClient()
        for (index, request) in [
            Self.post(server.base), ClientRequest(method: .get, url: server.base), Self.post(server.base, "[]"),
        ].enumerated() {
            #expect(try await client.start(request).collect(sizeMaxBytes: 10) == Array("\(index + 1)".utf8))
        }
        #expect(server.connectionCount == 1)
        #expect(server.requests[1].hasPrefix("GET / HTTP/1.1\r\n"))
        #expect(!server.requests[1].lowercased().contains("content-type"))
        #expect(server.requests[2].hasSuffix("[]"))
        client.shutdown()
        server.stop()
    }

    @Test func `a body of a megabyte is sent without waiting for a 100`() async throws {
        let server = try ScriptedServer([[Self.answer("ok")]])
        let client = HTTPClient()
        let body = String(repeating: "x", count: 1 << 20)
        #expect(try await client.start(Self.post(server.base, body)).collect(sizeMaxBytes: 10) == Array("ok".utf8))
        #expect(server.requests[0].hasSuffix(body))
        client.shutdown()
        server.stop()
    }

    @Test func `pieces of a stream are handed out as they come`() async throws {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        let server = try ScriptedServer([
            [
                .bytes(Array(head.utf8)), .bytes(Array("5\r\nfirst\r\n".utf8)), .pause(.milliseconds(80)),
                .bytes(Array("6\r\nsecond\r\n0\r\n\r\n".utf8)),
            ]
        ])
        let client = HTTPClient()
        let exchange = client.start(Self.post(server.base))
        var bytes: [UInt8] = []
        #expect(try await exchange.read(into: &bytes))
        #expect(bytes == Array("first".utf8))
        bytes = []
        #expect(try await exchange.read(into: &bytes))
        #expect(bytes == Array("second".utf8))
        #expect(try await !exchange.read(into: &bytes))
        client.shutdown()
        server.stop()
    }

    @Test func `a reader that does not read stops the sender, and gets every byte when it does`() async throws {
        let size = 16 << 20
        let head = "HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\n\r\n"
        let server = try ScriptedServer([[.bytes(Array(head.utf8)), .flood(size)]])
        let client = HTTPClient()
        let exchange = client.start(Self.post(server.base))
        _ = try await exchange.head()
        try await Task.sleep(for: .milliseconds(300))
        let early = server.floodedBytes
        #expect(early < size, "sent \(early) of \(size) while nobody read")
        #expect(try await exchange.collect(sizeMaxBytes: size).count == size)
        client.shutdown()
        server.stop()
    }

    @Test func `cancel ends the connection and the waiting reader`() async throws {
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"
        let server = try ScriptedServer([[.bytes(Array(head.utf8)), .pause(.milliseconds(50))]])
        let client = HTTPClient()
        let exchange = client.start(Self.post(server.base))
        var bytes: [UInt8] = []
        _ = try await exchange.read(into: &bytes)
        Task { exchange.cancel() }
        await #expect(throws: ClientError.cancelled) { _ = try await exchange.read(into: &bytes) }
        for _ in 0..<100 where server.clientsGone == 0 { try await Task.sleep(for: .milliseconds(10)) }
        #expect(server.clientsGone == 1)
        #expect(client.openCount == 0)
        client.shutdown()
        server.stop()
    }

    @Test func `an answer cut short is an error after every byte that came`() async throws {
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"
        let server = try ScriptedServer([[.bytes(Array(head.utf8)), .close]])
        let client = HTTPClient()
        let exchange = client.start(Self.post(server.base))
        var bytes: [UInt8] = []
        #expect(try await exchange.read(into: &bytes))
        #expect(bytes == Array("abc".utf8))
        await #expect(throws: ClientError.reset) { _ = try await exchange.read(into: &bytes) }
        client.shutdown()
        server.stop()
    }

    @Test func `an error answer keeps its status, its body and its Retry-After`() async throws {
        let server = try ScriptedServer([
            [Self.answer("{}", status: "429 Too Many Requests", fields: "Retry-After: 7\r\n")]
        ])
        let client = HTTPClient()
        let exchange = client.start(Self.post(server.base))
        #expect(try await exchange.head().status == 429)
        #expect(try await exchange.collect(sizeMaxBytes: 10) == Array("{}".utf8))
        #expect(exchange.field("Retry-After") == "7")
        client.shutdown()
        server.stop()
    }

    @Test(arguments: [
        ("http://127.0.0.1:1/", ClientError.connect), ("http://no-such-host.invalid/", ClientError.resolve),
    ])
    func `a server that cannot be reached is told apart by what failed`(url: String, expected: ClientError) async {
        let client = HTTPClient()
        await #expect(throws: expected) { _ = try await client.start(Self.post(url)).head() }
        client.shutdown()
    }

    @Test func `proxy variables of the environment are not obeyed`() async throws {
        setenv("http_proxy", "http://127.0.0.1:1", 1)
        defer { unsetenv("http_proxy") }
        let server = try ScriptedServer([[Self.answer("ok")]])
        let client = HTTPClient()
        #expect(try await client.start(Self.post(server.base)).head().status == 200)
        client.shutdown()
        server.stop()
    }

    @Test(arguments: ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"])
    func `a client for public hosts opens no connection to this one, however it is named`(host: String) async throws {
        let server = try ScriptedServer([[Self.answer("ok")]])
        for http2 in [false, true] {
            let client = HTTPClient(options: ClientOptions(http2: http2, reachesOnlyPublicHosts: true))
            await #expect(throws: ClientError.connect) {
                _ = try await client.start(ClientRequest(method: .get, url: "http://\(host):\(server.port)/")).head()
            }
            client.shutdown()
        }
        #expect(server.connectionCount == 0)
        server.stop()
    }
}
