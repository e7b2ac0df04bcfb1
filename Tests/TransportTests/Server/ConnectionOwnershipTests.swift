import Glibc
import HTTP
import Platform
import Testing

@testable import Transport

@MainActor @Suite struct ConnectionOwnershipTests {
    private let get = "GET /one HTTP/1.1\r\nHost: h\r\n\r\n"
    private let post = "POST /two HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody"

    @Test func `a connection goes from owner to owner between pipelined requests, and every answer is there`()
        async throws
    {
        let requests = Array((get + post + get + post).utf8)
        for split in stride(from: 0, to: requests.count, by: 7) {
            let wire = try await TestWire.tcp()
            let client = wire.client
            var connection = wire.connection()
            client.send(Array(requests[..<split]))
            let rest = Task {
                try? await Task.sleep(for: .milliseconds(1))
                client.send(Array(requests[split...]))
            }
            for index in 0..<4 {
                // One owner looks at the head and gives the connection away, the next serves it.
                let head = try #require(try await connection.nextRequest())
                check(head.path, index % 2 == 0 ? "/one" : "/two", "request \(index)")
                connection = try adopted(connection)
                _ = try await connection.nextRequest()
                let body = try await connection.readBody(sizeMaxBytes: 100)
                await connection.respond(ResponseHead(status: 200), body: body)
            }
            await rest.value
            await client.read { answers(in: $0).count == 4 }
            check(answers(in: client.text), ["200 ", "200 body", "200 ", "200 body"], "split at \(split)")
            let counted = try #require(TCPFacts.read(connection.socket.raw))
            check(connection.socket.consumedTotal, counted.consumed, "consumed")
            check(connection.socket.writtenTotal, counted.written, "written")
            client.close()
            await connection.close()
        }
    }

    private func adopted(_ connection: ServerConnection) throws -> ServerConnection {
        guard let detached = connection.detach() else { throw SystemError(call: "detach", errno: 0) }
        let (received, consumed, written) = (detached.received, detached.consumedTotal, detached.writtenTotal)
        return ServerConnection(
            detached.takeSocket(), peer: .local, received: received, consumedTotal: consumed, writtenTotal: written)
    }

    @Test func `interrupt ends only an idle wait`() async throws {
        for sent in ["", "GET /one HT"] {
            let wire = try TestWire.local()
            let client = wire.client
            let connection = wire.connection()
            let server = Task { try await connection.nextRequest()?.path }
            client.send(sent)
            try await Task.sleep(for: .milliseconds(3))
            check(connection.isIdle, sent.isEmpty, "idle")
            connection.interrupt()
            if !sent.isEmpty {
                try await Task.sleep(for: .milliseconds(3))
                client.send(get.dropFirst(sent.count) + "")
            }
            check(try await server.value, sent.isEmpty ? nil : "/one", "request")
            if !sent.isEmpty { await connection.respond(ResponseHead(status: 200), body: []) }
            check(try await connection.nextRequest() == nil, true, "nothing more")
            check(connection.detach() != nil, true, "can be given away")
        }
    }

    @Test func `after a detach the old owner hears nothing`() async throws {
        let wire = try TestWire.local()
        let client = wire.client
        let connection = wire.connection()
        let told = Progress()
        connection.onPeerGone = { told.count += 1 }
        client.send(get)
        _ = try await connection.nextRequest()
        let detached = connection.detach()
        client.close()
        try await Task.sleep(for: .milliseconds(3))
        check(told.count, 0, "told")
        check(connection.isPeerGone, false, "gone")
        check(detached != nil, true, "detached")
    }

    @Test
    func `a client's end is told while the request waits for something else, and what was complete still goes out`()
        async throws
    {
        let wire = try await TestWire.tcp()
        let client = wire.client
        let connection = wire.connection()
        let gate = Gate()
        let server = Task {
            _ = try await connection.nextRequest()
            connection.onPeerGone = { gate.open() }
            connection.startStream(ResponseHead(status: 200))
            connection.write(Array("event".utf8))
            await gate.wait()
            check(await connection.flush(), false, "gone")
            await connection.close()
        }
        client.send(get)
        try await Task.sleep(for: .milliseconds(3))
        client.endSending()
        let text = await client.readToEnd()
        check(text.hasSuffix("5\r\nevent\r\n"), true, "what was complete: \(text)")
        try await server.value
    }

    @Test func `an aborted connection reads nothing from the next owner of its descriptor's number`() async throws {
        let wire = try TestWire.local()
        let client = wire.client
        let connection = wire.connection()
        let server = Task {
            _ = try await connection.nextRequest()
            return try? await connection.readBody(sizeMaxBytes: 100)
        }
        client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 16\r\n\r\n")
        try await Task.sleep(for: .milliseconds(2))
        let next = try SocketIO.pair(.stream)
        connection.abort()
        check(dup2(next.first.raw, connection.socket.raw), connection.socket.raw, "number")
        _ = Glibc.send(next.second.raw, "GET / HTTP/1.1\r\n", 16, 0)
        check(try await server.value, nil, "body")
        await connection.close()
        check(TestPeer.unread(next.first.raw), 16, "left alone")
        Glibc.close(connection.socket.raw)
    }

    @Test func `one who asks late about the client's end is told all the same`() async throws {
        let wire = try TestWire.local()
        let client = wire.client
        let connection = wire.connection()
        client.send(get)
        _ = try await connection.nextRequest()
        client.close()
        let gate = Gate()
        connection.onPeerGone = { gate.open() }
        await gate.wait()
        check(connection.isPeerGone, true, "gone")
        let again = Gate()
        connection.onPeerGone = { again.open() }
        await again.wait()
        await connection.close()
    }

    @Test func `the journal knows before the kernel does`() async throws {
        let wire = try await TestWire.tcp()
        let client = wire.client
        let connection = wire.connection()
        let journal = RecordingJournal()
        connection.journal = journal
        let server = Task {
            while try await connection.nextRequest() != nil {
                _ = try? await connection.readBody(sizeMaxBytes: 100)
                connection.startStream(ResponseHead(status: 200))
                connection.write(Array("first".utf8))
                await connection.flush()
                connection.write(Array("second".utf8))
                await connection.endStream()
            }
        }
        let head = "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
        client.send(head)
        await client.read { $0.hasSuffix("\r\n\r\n") }
        client.send("ok")
        await client.read { $0.hasSuffix("0\r\n\r\n") }
        try await Task.sleep(for: .milliseconds(2))
        let size = client.received.count
        let first = size - "6\r\nsecond\r\n0\r\n\r\n".utf8.count
        check(
            journal.lines,
            [
                "began 0 0", "began 0 0", "began \(head.utf8.count) 25", "write 0 25 false", "write 25 \(first) false",
                "write \(first) \(size) true", "idle \(head.utf8.count + 2) \(size)",
            ], "journal")
        client.close()
        try await server.value
    }

    @Test func `silent streams and idle connections hold no buffer`() async throws {
        let wire = try TestWire.local()
        let client = wire.client
        let connection = wire.connection()
        client.send(get)
        _ = try await connection.nextRequest()
        connection.startStream(ResponseHead(status: 200))
        connection.write([UInt8](repeating: 1, count: 1000))
        await connection.flush()
        check(connection.input.capacity, 0, "input")
        check(connection.socket.output.isHoldingMemory, false, "output")
        connection.abort()
    }
}

@MainActor private final class RecordingJournal: ConnectionJournal {
    var lines: [String] = []
    func idle(consumed: UInt64, written: UInt64) { lines.append("idle \(consumed) \(written)") }
    func began(consumed: UInt64, written: UInt64) { lines.append("began \(consumed) \(written)") }
    func willWrite(complete: UInt64, boundary: UInt64, isLast: Bool) {
        lines.append("write \(complete) \(boundary) \(isLast)")
    }
}
