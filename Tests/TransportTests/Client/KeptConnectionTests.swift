import HTTP
import Platform
import Testing

@testable import Transport

/// What becomes of connections between and within exchanges.
@MainActor @Suite(.timeLimit(.minutes(1))) struct KeptConnectionTests {
    typealias Server = ScriptedServer

    private func raw(_ text: String) -> Server.Step { .bytes(Array(text.utf8)) }

    private func ask(_ client: HTTPClient, _ server: Server, _ body: String = "{}") async throws -> String {
        let exchange = client.start(HTTPClientTests.post(server.base, body))
        _ = try await exchange.head()
        return String(decoding: try await exchange.collect(sizeMaxBytes: 1 << 20), as: UTF8.self)
    }

    private func settle(_ condition: () -> Bool) async throws {
        for _ in 0..<200 where !condition() { try await Task.sleep(for: .milliseconds(5)) }
        #expect(condition())
    }

    @Test func `an idle connection that the server closes is not used again`() async throws {
        let server = try Server([[HTTPClientTests.answer("1"), .close], [HTTPClientTests.answer("2")]])
        let client = HTTPClient()
        #expect(try await ask(client, server) == "1")
        try await settle { client.idleCount == 0 }
        #expect(try await ask(client, server) == "2")
        #expect(server.connectionCount == 2)
        client.shutdown()
        server.stop()
    }

    @Test func `an idle connection on which bytes come unasked is closed`() async throws {
        let server = try Server([[HTTPClientTests.answer("1"), .pause(.milliseconds(30)), raw("HTTP/1.1 200 OK\r\n")]])
        let client = HTTPClient()
        #expect(try await ask(client, server) == "1")
        #expect(client.idleCount == 1)
        try await settle { client.idleCount == 0 && server.clientsGone == 1 }
        client.shutdown()
        server.stop()
    }

    @Test func `a request on a kept connection that dies before the answer is sent once more, on a new one`()
        async throws
    {
        let server = try Server([[HTTPClientTests.answer("1")], [.close], [HTTPClientTests.answer("2")]])
        let client = HTTPClient()
        #expect(try await ask(client, server) == "1")
        #expect(try await ask(client, server, "[1]") == "2")
        #expect(server.connectionCount == 2)
        #expect(server.requests.count == 3)
        #expect(server.requests[1] == server.requests[2])
        client.shutdown()
        server.stop()
    }

    @Test func `a large body is sent whole the second time too`() async throws {
        let server = try Server([[HTTPClientTests.answer("1")], [.close], [HTTPClientTests.answer("2")]])
        let client = HTTPClient()
        #expect(try await ask(client, server) == "1")
        let body = String(repeating: "y", count: 3 << 20)
        #expect(try await ask(client, server, body) == "2")
        #expect(server.requests[2].hasSuffix("\r\n\r\n" + body))
        client.shutdown()
        server.stop()
    }

    private func askRemaking(
        _ client: HTTPClient, _ server: Server, _ body: String, again: String?
    ) async throws -> String {
        let exchange = client.start(
            ClientRequest(
                RequestOpening(method: .post, url: HTTPURL(server.base)!), body: Array(body.utf8),
                remakeBody: { again.map { Array($0.utf8) } }))
        return String(decoding: try await exchange.collect(sizeMaxBytes: 1 << 20), as: UTF8.self)
    }

    @Test(arguments: [10, 100_000, 3 << 20], [10, 200_000])
    func `a second sending has the body that is made for it`(size: Int, sizeAgain: Int) async throws {
        let server = try Server([[HTTPClientTests.answer("1")], [.close], [HTTPClientTests.answer("2")]])
        let client = HTTPClient()
        let body = String(repeating: "y", count: size)
        let again = String(repeating: "z", count: sizeAgain)
        #expect(try await askRemaking(client, server, body, again: again) == "1")
        #expect(try await askRemaking(client, server, body, again: again) == "2")
        #expect(server.requests.count == 3 && server.connectionCount == 2)
        #expect(server.requests.prefix(2).allSatisfy { $0.hasSuffix("\r\n\r\n" + body) })
        #expect(server.requests[2].hasSuffix("\r\n\r\n" + again))
        client.shutdown()
        server.stop()
    }

    @Test func `a long body that can be made anew takes no memory once it is sent`() throws {
        let opening = RequestOpening(method: .post, url: try #require(HTTPURL("http://h/")))
        let body = [UInt8](repeating: 0x79, count: OutgoingRequest.bodyCopiedMaxBytes + 1)
        let remake: @MainActor () -> [UInt8]? = { body }
        for remake in [remake, nil] {
            var request = OutgoingRequest(ClientRequest(opening, body: body, remakeBody: remake), opening: opening)
            let count = request.count
            request.giveBodyBack()
            #expect(request.withRest(after: 0) { $1.count } == (remake == nil ? body.count : 0))
            #expect(request.count == count && request.again()?.withRest(after: 0) { $0.count + $1.count } == count)
        }
    }

    @Test(arguments: [10, 100_000])
    func `without a body for a second sending there is none`(size: Int) async throws {
        let server = try Server([[HTTPClientTests.answer("1")], [.close]])
        let client = HTTPClient()
        let body = String(repeating: "y", count: size)
        #expect(try await askRemaking(client, server, body, again: nil) == "1")
        await #expect(throws: ClientError.reset) { _ = try await askRemaking(client, server, body, again: nil) }
        #expect(server.requests.count == 2 && client.openCount == 0)
        client.shutdown()
        server.stop()
    }

    @Test func `a new connection that dies before the answer is an error, and so is the second one`() async throws {
        let server = try Server([[.close], [HTTPClientTests.answer("1")], [.close], [.close]])
        let client = HTTPClient()
        await #expect(throws: ClientError.reset) { _ = try await ask(client, server) }
        #expect(try await ask(client, server) == "1")
        await #expect(throws: ClientError.reset) { _ = try await ask(client, server) }
        #expect(server.requests.count == 4)
        client.shutdown()
        server.stop()
    }

    @Test func `nothing is sent again once a byte of the answer has come`() async throws {
        let server = try Server([[HTTPClientTests.answer("1")], [raw("H"), .pause(.milliseconds(20)), .close]])
        let client = HTTPClient()
        #expect(try await ask(client, server) == "1")
        await #expect(throws: ClientError.reset) { _ = try await ask(client, server) }
        #expect(server.requests.count == 2)
        client.shutdown()
        server.stop()
    }

    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nA: b\r\n\r\n", "abc", true),
        ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na", "a", true),
        ("HTTP/1.1 204 No Content\r\n\r\n", "", true),
        ("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\na", "a", false),
        ("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na", "a", false),
        ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nabc", "a", false),
    ])
    func `a connection is kept after an answer that allows it, and only then`(
        bytes: String, body: String, isKept: Bool
    ) async throws {
        let server = try Server([[raw(bytes)], [HTTPClientTests.answer("next")]])
        let client = HTTPClient()
        #expect(try await ask(client, server) == body)
        #expect(client.idleCount == (isKept ? 1 : 0))
        #expect(try await ask(client, server) == "next")
        #expect(server.connectionCount == (isKept ? 1 : 2))
        client.shutdown()
        server.stop()
    }

    @Test func `a body without a length ends with the connection`() async throws {
        let server = try Server([
            [raw("HTTP/1.1 200 OK\r\n\r\nab"), .pause(.milliseconds(20)), raw("c"), .close]
        ])
        let client = HTTPClient()
        #expect(try await ask(client, server) == "abc")
        client.shutdown()
        server.stop()
    }

    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab", ClientError.reset),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", .reset),
        ("HTTP/1.1 20", .reset),
        ("ICY 200 OK\r\n\r\n", .malformed(.statusLine)),
        ("HTTP/1.1 200 OK\r\nA: " + String(repeating: "b", count: 70_000), .malformed(.fieldsTooLarge)),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", .malformed(.chunkSize)),
    ])
    func `an answer that is cut or no HTTP is an error, and its connection ends`(
        bytes: String, expected: ClientError
    ) async throws {
        let server = try Server([[raw(bytes), .pause(.milliseconds(20)), .close]])
        let client = HTTPClient()
        await #expect(throws: expected) { _ = try await ask(client, server) }
        #expect(client.idleCount == 0)
        #expect(client.openCount == 0)
        client.shutdown()
        server.stop()
    }

    @Test func `an answer before the request was sent whole is heard, and ends the connection`() async throws {
        let server = try Server([[HTTPClientTests.answer("no", status: "413 Too Large"), .close]])
        server.answersAtHead = true
        let client = HTTPClient()
        let body = String(repeating: "x", count: 32 << 20)
        let exchange = client.start(HTTPClientTests.post(server.base, body))
        #expect(try await exchange.head().status == 413)
        #expect(client.idleCount == 0)
        exchange.cancel()
        client.shutdown()
        server.stop()
    }

    @Test func `connections above the bound are closed, the oldest first`() async throws {
        let server = try Server((0..<6).map { _ in [HTTPClientTests.answer("a")] })
        let client = HTTPClient(options: ClientOptions(connectionsMax: 2))
        let exchanges = (0..<3).map { _ in client.start(HTTPClientTests.post(server.base)) }
        #expect(client.openCount == 3)
        for exchange in exchanges { #expect(try await exchange.collect(sizeMaxBytes: 9) == Array("a".utf8)) }
        #expect(client.idleCount == 2)
        try await settle { server.clientsGone == 1 }
        client.shutdown()
        #expect(client.idleCount == 0)
        try await settle { server.clientsGone == 3 }
        server.stop()
    }

    @Test func `cancel while connecting leaves nothing behind`() async throws {
        let client = HTTPClient()
        // TEST-NET-1 (RFC 5737): nobody answers.
        let exchange = client.start(HTTPClientTests.post("http://192.0.2.1/"))
        Task { exchange.cancel() }
        await #expect(throws: (any Error).self) { _ = try await exchange.head() }
        #expect(client.openCount == 0)
        client.shutdown()
    }

    @Test func `an address that is none is an error of its own`() async throws {
        let client = HTTPClient()
        await #expect(throws: ClientError.other(code: 3, text: "the address is no http or https address")) {
            _ = try await client.start(HTTPClientTests.post("ftp://a/")).head()
        }
        client.shutdown()
    }

    @Test func `a proxy is asked for a tunnel, for clear text too, and then carries the request`() async throws {
        let proxy = try Server([[raw("HTTP/1.1 200 OK\r\n\r\n")], [HTTPClientTests.answer("1")]])
        let client = HTTPClient(options: ClientOptions(proxy: proxy.base))
        let exchange = client.start(HTTPClientTests.post("http://example.invalid/path"))
        #expect(try await exchange.collect(sizeMaxBytes: 9) == Array("1".utf8))
        #expect(proxy.requests[0].hasPrefix("CONNECT example.invalid:80 HTTP/1.1\r\n"))
        #expect(proxy.requests[1].hasPrefix("POST /path HTTP/1.1\r\nHost: example.invalid\r\n"))
        #expect(proxy.connectionCount == 1)
        client.shutdown()
        proxy.stop()
    }

    @Test func `a proxy that refuses the tunnel is a failure to connect`() async throws {
        let proxy = try Server([[HTTPClientTests.answer("", status: "403 Forbidden")]])
        let client = HTTPClient(options: ClientOptions(proxy: proxy.base))
        await #expect(throws: ClientError.connect) {
            _ = try await client.start(HTTPClientTests.post("http://example.invalid/")).head()
        }
        client.shutdown()
        proxy.stop()
    }
}
