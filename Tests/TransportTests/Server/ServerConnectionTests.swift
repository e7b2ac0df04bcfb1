import HTTP
import Platform
import Testing

@testable import Transport

@MainActor @Suite struct ServerConnectionTests {
    /// Requests as one piece, and the answers they must get on one connection.
    nonisolated static let exchanges: [(requests: String, answers: [String])] = [
        ("GET /a HTTP/1.1\r\nHost: h\r\n\r\n", ["200 GET /a "]),
        ("POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nxyz", ["200 POST /b xyz"]),
        (
            "POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\nT: v\r\n\r\n",
            ["200 POST /c abc"]
        ),
        (
            "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nPOST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi"
                + "GET /3 HTTP/1.1\r\nHost: h\r\n\r\n",
            ["200 GET /1 ", "200 POST /2 hi", "200 GET /3 "]
        ),
        ("GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", ["400 no"]),
        ("GET /ok HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\n\r\n", ["200 GET /ok ", "400 no"]),
        ("POST /d HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", ["400 "]),
    ]

    @Test(arguments: exchanges, [false, true])
    func `requests are answered in order, however their bytes are split`(
        exchange: (requests: String, answers: [String]), takesWhatIsThere: Bool
    ) async throws {
        let bytes = Array(exchange.requests.utf8)
        for split in 0..<bytes.count {
            let wire = try TestWire.local()
            let client = wire.client
            let server = wire.connection { $0.lingerMax = .milliseconds(20) }
                .serveEchoes(takesWhatIsThere: takesWhatIsThere)
            client.send(Array(bytes[..<max(split, 1)]))
            for _ in 0..<3 { await Task.yield() }
            try await Task.sleep(for: .microseconds(50))
            if split > 1 { client.send(Array(bytes[split...])) } else { await sendSingly(bytes[1...], by: client) }
            await client.read { answers(in: $0).count >= exchange.answers.count }
            check(answers(in: client.text), exchange.answers, "split at \(split)")
            client.close()
            await server.value
        }
    }

    @Test(arguments: [100_000, 700_000], [1_000, 40_000, 300_000])
    func `a long body is whole, and what follows it is the next request`(size: Int, piece: Int) async throws {
        let text = String((0..<size).map { Character(UnicodeScalar(97 + UInt8($0 * 31 / 7 % 26))) })
        let wire = try await TestWire.tcp()
        let client = wire.client
        let server = wire.connection().serveEchoes()
        let requests = "POST /long HTTP/1.1\r\nHost: h\r\nContent-Length: \(size)\r\n\r\n\(text)"
        let sending = Task {
            var rest = Array((requests + "GET /next HTTP/1.1\r\nHost: h\r\n\r\n").utf8)[...]
            while !rest.isEmpty {
                await client.sendAll(Array(rest.prefix(piece)))
                rest = rest.dropFirst(piece)
                await Task.yield()
            }
        }
        await client.read { answers(in: $0).count >= 2 }
        await sending.value
        #expect(answers(in: client.text) == ["200 POST /long \(text)", "200 GET /next "])
        client.close()
        await server.value
    }

    @Test func `of a long body little is read before its head is known`() async throws {
        let wire = try await TestWire.tcp()
        let client = wire.client
        let connection = wire.connection()
        let size = 4 * ServerConnection.headReadMaxBytes
        let text = String(repeating: "x", count: size)
        client.send("POST /long HTTP/1.1\r\nHost: h\r\nContent-Length: \(size)\r\n\r\n\(text)")
        #expect(try await connection.nextRequest()?.path == "/long")
        #expect(connection.input.count <= ServerConnection.headReadMaxBytes)
        #expect(try await connection.readBody(sizeMaxBytes: size) == Array(text.utf8))
        client.close()
        await connection.close()
    }

    private func sendSingly(_ bytes: ArraySlice<UInt8>, by client: TestPeer) async {
        for byte in bytes {
            client.send([byte])
            await Task.yield()
        }
    }

    @Test func `a refused request gets its whole answer, then the end, though the client is still sending`()
        async throws
    {
        let wire = try await TestWire.tcp()
        let client = wire.client
        let server = wire.connection().serveEchoes()
        client.send("BAD\r\n\r\n" + String(repeating: "x", count: 20000))
        let text = await client.readToEnd()
        check(answers(in: text), ["400 no"], "answer")
        check(text.contains("Connection: close\r\n"), true, "announces the end")
        check(client.hasSeenReset, false, "no reset")
        client.close()
        await server.value
    }

    @Test func `the end reaches the client although another process holds the socket`() async throws {
        let wire = try await TestWire.tcp()
        let client = wire.client
        let duplicate = try wire.server.duplicate()
        let server = wire.connection().serveEchoes()
        client.send("GET / HTTP/1.0\r\n\r\n")
        let text = await client.readToEnd()
        check(answers(in: text), ["200 GET / "], "answer")
        client.close()
        await server.value
        check(duplicate.raw >= 0, true, "still open")
    }

    @Test func `an abort resets although another process holds the socket`() async throws {
        let wire = try await TestWire.tcp()
        let client = wire.client
        let duplicate = try wire.server.duplicate()
        let connection = wire.connection()
        connection.abort()
        _ = await client.readToEnd()
        check(client.hasSeenReset, true, "reset")
        check(connection.detach() == nil, true, "nothing left to give away")
        check(duplicate.raw >= 0, true, "still open")
    }

    @Test func `HEAD and bodiless statuses have no body, and lengths stay true`() async throws {
        let wire = try TestWire.local()
        let client = wire.client
        let connection = wire.connection()
        let server = Task {
            for status in [200, 204, 304] {
                guard try await connection.nextRequest() != nil else { return }
                await connection.respond(ResponseHead(status: status), body: Array("12345".utf8))
            }
        }
        client.send(
            "HEAD / HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n")
        await client.read { answers(in: $0, headOnly: true).count == 3 }
        check(answers(in: client.text, headOnly: true), ["200 ", "204 ", "304 "], "answers")
        check(client.text.contains("Content-Length: 5\r\n"), true, "HEAD tells the length")
        try await server.value
    }

    @Test func `a streamed answer is chunked for 1-1 and ends with the connection for 1-0`() async throws {
        for (version, expected) in [("1.1", "5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n"), ("1.0", "hello!")] {
            let wire = try TestWire.local()
            let client = wire.client
            let connection = wire.connection()
            let server = Task {
                _ = try await connection.nextRequest()
                connection.startStream(ResponseHead(status: 200))
                connection.write(Array("hello".utf8))
                check(await connection.flush(), true, "client is there")
                connection.write(Array("!".utf8))
                check(await connection.endStream(), true, "client is there")
                check(try await connection.nextRequest() == nil, true, "nothing more")
                await connection.close()
            }
            client.send("GET / HTTP/\(version)\r\nHost: h\r\n\r\n")
            await client.read { $0.hasSuffix(expected) }
            check(client.text.hasSuffix("\r\n\r\n" + expected), true, "body of \(version): \(client.text)")
            check(client.text.contains("chunked"), version == "1.1", "framing of \(version)")
            if version == "1.0" { _ = await client.readToEnd() }
            client.close()
            try await server.value
        }
    }

    @Test func `100 Continue comes when the body is asked for, and only if none of it has come`() async throws {
        let head = "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
        for sendsAtOnce in [false, true] {
            let wire = try TestWire.local()
            let client = wire.client
            let server = wire.connection().serveEchoes()
            client.send(head + (sendsAtOnce ? "ok" : ""))
            await client.read { $0.hasSuffix("\r\n\r\n") || $0.hasSuffix("ok") }
            check(client.text.hasPrefix("HTTP/1.1 100 Continue\r\n\r\n"), !sendsAtOnce, "continue")
            if !sendsAtOnce { client.send("ok") }
            await client.read { $0.hasSuffix("ok") }
            check(client.text.contains("200 OK"), true, "answer")
            client.close()
            await server.value
        }
    }

    @Test func `a body above the bound is refused before it is read`() async throws {
        for framing in ["Content-Length: 20\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n14\r\n"] {
            let wire = try TestWire.local()
            let client = wire.client
            let server = wire.connection { $0.lingerMax = .milliseconds(20) }.serveEchoes(bodyMaxBytes: 10)
            client.send("POST / HTTP/1.1\r\nHost: h\r\n" + framing + String(repeating: "x", count: 20))
            check(answers(in: await client.readToEnd()), ["413 "], framing)
            await server.value
        }
    }

    @Test func `an answer before the body was read closes the connection unless the body is there`() async throws {
        for (sent, closes) in [("hello", false), ("he", true)] {
            let wire = try TestWire.local()
            let client = wire.client
            let connection = wire.connection { $0.lingerMax = .milliseconds(20) }
            let server = Task {
                while try await connection.nextRequest() != nil {
                    await connection.respond(ResponseHead(status: 401), body: [])
                }
                await connection.close()
            }
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n" + sent)
            await client.read { $0.contains("401") }
            check(client.text.contains("Connection: close"), closes, "closes after \(sent)")
            client.close()
            try await server.value
        }
    }

    @Test func `the connection closes with the last request it may serve`() async throws {
        let wire = try TestWire.local()
        let client = wire.client
        let server = wire.connection { $0.requestsPerConnectionMax = 2 }.serveEchoes()
        client.send(String(repeating: "GET / HTTP/1.1\r\nHost: h\r\n\r\n", count: 3))
        let text = await client.readToEnd()
        check(answers(in: text), ["200 GET / ", "200 GET / "], "answers")
        check(text.components("Connection: close"), 1, "announced once")
        client.close()
        await server.value
    }
}

extension String {
    func components(_ part: String) -> Int { ranges(of: part).count }
}

func check<T: Equatable>(_ value: T, _ expected: T, _ what: String, _ location: SourceLocation = #_sourceLocation) {
    guard value != expected else { return }
    let text = String(describing: value).prefix(500)
    Issue.record("\(what): \(text) instead of \(expected)", sourceLocation: location)
}
