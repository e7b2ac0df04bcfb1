import Glibc
import HTTP
import Platform
import Testing

@testable import Transport

@MainActor @Suite struct ConnectionLimitsTests {
    private let short = Duration.milliseconds(30)
    private let request = "GET / HTTP/1.1\r\nHost: h\r\n\r\n"

    @Test func `an idle connection and a head that does not come to its end are closed in time`() async throws {
        for sent in ["", "GET / HT", "GET / HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHo"] {
            for handed in [false, true] {
                let wire = try TestWire.local()
                let client = wire.client
                let start = EventLoop.now
                let limit = short
                let server = wire.connection(received: handed ? sent : "") {
                    $0.headDeadline = limit
                    $0.idle = limit
                    $0.lingerMax = .milliseconds(5)
                }.serveEchoes()
                if !handed { client.send(sent) }
                _ = await client.readToEnd()
                check(client.hasSeenEnd, true, "closed: \(sent)")
                check(MonotonicInstant.now - start >= .milliseconds(30), true, "not too early: \(sent)")
                client.close()
                await server.value
            }
        }
    }

    @Test func `a head deadline is not moved by bytes that trickle in`() async throws {
        let wire = try TestWire.local()
        let client = wire.client
        let limit = short
        let server = wire.connection { $0.headDeadline = limit }.serveEchoes()
        client.send("G")
        let start = MonotonicInstant.now
        for byte in "ET / HTTP/1.1\r\nHost: hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh".utf8 {
            if MonotonicInstant.now - start > .milliseconds(60) { break }
            client.send([byte])
            try await Task.sleep(for: .milliseconds(2))
        }
        _ = await client.readFor(.seconds(2))
        check(client.hasSeenEnd, true, "closed")
        client.close()
        await server.value
    }

    @Test func `a body that stops coming is told to the caller, one that trickles is not`() async throws {
        let wire = try TestWire.local()
        let client = wire.client
        let limit = short
        let connection = wire.connection { $0.bodyStall = limit }
        let server = Task { @MainActor () -> BodyError? in
            guard (try? await connection.nextRequest()) != nil else { return nil }
            do throws(BodyError) {
                _ = try await connection.readBody(sizeMaxBytes: 1000)
                return nil
            } catch { return error }
        }
        client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 20\r\n\r\n")
        let start = EventLoop.now
        for _ in 0..<10 {
            client.send("x")
            try await Task.sleep(for: .milliseconds(10))
        }
        check(await server.value, .stalled, "error")
        check(MonotonicInstant.now - start >= .milliseconds(100), true, "after the last byte")
        connection.abort()
    }

    @Test func `a client that goes while its body is read is told to the caller`() async throws {
        let wire = try TestWire.local()
        let client = wire.client
        let connection = wire.connection()
        let server = Task { @MainActor () -> BodyError? in
            guard (try? await connection.nextRequest()) != nil else { return nil }
            do throws(BodyError) {
                _ = try await connection.readBody(sizeMaxBytes: 1000)
                return nil
            } catch { return error }
        }
        client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 20\r\n\r\nabc")
        try await Task.sleep(for: .milliseconds(2))
        client.close()
        check(await server.value, .peerGone, "error")
        await connection.close()
    }

    @Test func `a body that is thrown away has one limit for all of it, however steadily it comes`() async throws {
        let wire = try TestWire.local()
        let client = wire.client
        let limit = short
        let connection = wire.connection { $0.bodyStall = limit }
        let server = Task { @MainActor () -> BodyError? in
            guard (try? await connection.nextRequest()) != nil else { return nil }
            do throws(BodyError) {
                try await connection.discardBody(sizeMaxBytes: 1 << 20)
                return nil
            } catch { return error }
        }
        client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 500000\r\n\r\n")
        client.send([UInt8](repeating: 0x78, count: 100_000))
        let start = MonotonicInstant.now
        for _ in 0..<20 where MonotonicInstant.now - start < .milliseconds(200) {
            client.send("x")
            try await Task.sleep(for: .milliseconds(10))
        }
        check(connection.mustClose, true, "given up while bytes come")
        check(await server.value, .stalled, "error")
        connection.abort()
    }

    @Test func `what follows a body that was thrown away is the next request, unless it was too large`() async throws {
        let chunked = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
        let sized = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: "
        let bodies: [(String, BodyError?)] = [
            (chunked + "5\r\nhello\r\n0\r\n\r\n", nil), (sized + "5\r\n\r\nhello", nil),
            (chunked + "b\r\nhello there\r\n0\r\n\r\n", .tooLarge), (sized + "11\r\n\r\n", .tooLarge),
            (chunked + "x", .refused(HTTPRefusal(.chunkSize))),
        ]
        for (bytes, error) in bodies {
            for isSplit in [false, true] {
                let wire = try TestWire.local()
                let client = wire.client
                let connection = wire.connection()
                let server = Task { @MainActor () -> BodyError? in
                    guard (try? await connection.nextRequest()) != nil else { return nil }
                    do throws(BodyError) { try await connection.discardBody(sizeMaxBytes: 10) } catch { return error }
                    await connection.respond(ResponseHead(status: 200), body: [])
                    check(try? await connection.nextRequest()?.path, "/next", "the next request")
                    return nil
                }
                for byte in isSplit ? bytes.utf8.map({ [$0] }) : [Array(bytes.utf8)] {
                    client.send(byte)
                    if isSplit { await Task.yield() }
                }
                client.send("GET /next HTTP/1.1\r\nHost: h\r\n\r\n")
                check(await server.value, error, bytes)
                connection.abort()
            }
        }
    }

    @Test func `a request that has not come whole can be given no more time`() async throws {
        let begun = ["GET / HT", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc"]
        for (sent, answer) in zip(begun, ["", "400 "]) {
            let wire = try TestWire.local()
            let client = wire.client
            let connection = wire.connection { $0.lingerMax = .milliseconds(5) }
            let server = connection.serveEchoes()
            client.send(sent)
            try await Task.sleep(for: .milliseconds(5))
            connection.endReceiving()
            let start = MonotonicInstant.now
            check(answers(in: await client.readToEnd()).first ?? "", answer, sent)
            check(MonotonicInstant.now - start < .seconds(2), true, "at once")
            client.close()
            await server.value
        }
    }

    @Test func `a writer waits for a reader that does not read, and goes on when it does`() async throws {
        let wire = try TestWire.local()
        let client = wire.client
        let connection = wire.connection { $0.sendBufferHighWater = 10_000 }
        let block = [UInt8](repeating: 0x78, count: 50_000)
        let progress = Progress()
        let server = Task {
            _ = try await connection.nextRequest()
            connection.startStream(ResponseHead(status: 200))
            for _ in 0..<40 {
                connection.write(block)
                check(await connection.flush(), true, "client is there")
                progress.count += 1
            }
            await connection.endStream()
            await connection.close()
        }
        client.send(request)
        try await Task.sleep(for: .milliseconds(20))
        let stopped = progress.count
        try await Task.sleep(for: .milliseconds(20))
        check(progress.count, stopped, "stands still")
        check(stopped < 40, true, "waits")
        check(connection.socket.output.count < 70_000, true, "bounded: \(connection.socket.output.count)")
        await client.read { $0.hasSuffix("0\r\n\r\n") }
        check(client.received.count { $0 == 0x78 }, 2_000_000, "all of it")
        client.close()
        try await server.value
    }

    /// Each in a process of its own: the other tests share the loop and would use up the client's time.
    @Test func `a client that takes nothing for too long counts as gone, one that takes slowly does not`() async {
        await #expect(processExitsWith: .success) { @MainActor in try await streamToSlowClient(reads: true) }
        await #expect(processExitsWith: .success) { @MainActor in try await streamToSlowClient(reads: false) }
    }

    @Test func `while a request is served, what a client pipelines stays in the kernel`() async throws {
        let wire = try TestWire.local()
        let client = wire.client
        let connection = wire.connection()
        let gate = Gate()
        let server = Task {
            _ = try await connection.nextRequest()
            await gate.wait()
            await connection.respond(ResponseHead(status: 200), body: [])
            while try await connection.nextRequest() != nil {
                await connection.respond(ResponseHead(status: 200), body: [])
            }
            await connection.close()
        }
        client.send(request)
        try await Task.sleep(for: .milliseconds(2))
        let more = Array(String(repeating: request, count: 100_000).utf8)
        let sender = Task { await client.sendAll(more) }
        try await Task.sleep(for: .milliseconds(20))
        check(connection.input.count - connection.inputStart <= 64 * 1024, true, "buffered")
        gate.open()
        await client.read { _ in connection.requestCount >= 500 }
        check(connection.requestCount >= 500, true, "served")
        connection.abort()
        client.close()
        await sender.value
        try await server.value
    }
}

@MainActor final class Progress { var count = 0 }

/// Holds a task until opened.
@MainActor final class Gate {
    private var waiter: CheckedContinuation<Void, Never>?
    private var isOpen = false

    func wait() async {
        if !isOpen { await withCheckedContinuation { waiter = $0 } }
    }

    func open() {
        isOpen = true
        waiter?.resume()
        waiter = nil
    }
}

/// Ends the process with 0 if a client that reads in gulps gets everything, or one that does not read is given up.
@MainActor private func streamToSlowClient(reads: Bool) async throws -> Never {
    let wire = try TestWire.local()
    let client = wire.client
    let connection = wire.connection {
        $0.sendBufferHighWater = 0
        $0.writeStall = .seconds(1)
    }
    let told = Progress()
    let server = Task { @MainActor () -> Bool in
        _ = try? await connection.nextRequest()
        connection.onPeerGone = { told.count += 1 }
        connection.startStream(ResponseHead(status: 200))
        connection.write([UInt8](repeating: 1, count: 3_000_000))
        return await connection.flush()
    }
    client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
    // In gulps with pauses: longer in all than the limit, none as long as it.
    let reader = Task {
        while reads {
            client.gulp()
            try? await Task.sleep(for: .milliseconds(40))
        }
    }
    let isThere = await server.value
    reader.cancel()
    exit(isThere == reads && told.count == (reads ? 0 : 1) ? 0 : 1)
}
