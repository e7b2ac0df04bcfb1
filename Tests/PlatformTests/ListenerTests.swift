import Glibc
import Platform
import Testing

@MainActor @Suite struct ListenerTests {
    nonisolated static let places: [(listen: String, connect: String, peer: String)] = [
        ("127.0.0.1", "127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1", "127.0.0.1"), ("::1", "::1", "::1"),
        ("::", "127.0.0.1", "127.0.0.1"), ("::", "::1", "::1"), ("localhost", "localhost", "127.0.0.1"),
        ("[::1]", "[::1]", "::1"),
    ]

    @Test(arguments: places)
    func `a listener takes connections of its families and tells who it is`(
        place: (listen: String, connect: String, peer: String)
    ) async throws {
        let listener = try Listener(bindingTCP: place.listen, port: 0)
        check(listener.port > 0, true, "port")
        let seen = Notes()
        try listener.start { socket, peer in
            let flags = fcntl(socket.raw, F_GETFL) & O_NONBLOCK | fcntl(socket.raw, F_GETFD)
            var noDelay: CInt = 0
            var length = socklen_t(4)
            getsockopt(socket.raw, CInt(IPPROTO_TCP), TCP_NODELAY, &noDelay, &length)
            seen.lines.append("\(peer.text) \(peer.isLoopback) \(flags == O_NONBLOCK | FD_CLOEXEC) \(noDelay)")
            seen.lines.append("\(PeerAddress(of: socket.raw) == peer)")
        }
        let address = try #require(SocketAddress(host: place.connect, port: listener.port))
        let client = try SocketIO.connect(to: address)
        await seen.wait(for: 2)
        check(seen.lines, ["\(place.peer) true true 1", "true"], "connection")
        check(client.raw >= 0, true, "client")
        listener.stop()
    }

    @Test func `a paused listener leaves connections in the queue until it resumes`() async throws {
        let listener = try Listener(bindingTCP: "127.0.0.1", port: 0)
        let seen = Notes()
        try listener.start { _, _ in seen.lines.append("accepted") }
        listener.pause()
        let address = try #require(SocketAddress(host: "127.0.0.1", port: listener.port))
        let client = try SocketIO.connect(to: address)
        try await Task.sleep(for: .milliseconds(10))
        check(seen.lines, [], "while paused")
        listener.resume()
        await seen.wait(for: 1)
        check(seen.lines, ["accepted"], "afterwards")
        check(client.raw >= 0, true, "client")
        listener.stop()
    }

    @Test(arguments: ["127.0.0.1", "::1"])
    func `a listener that turns newcomers away can be emptied for good`(host: String) async throws {
        let seen = Notes()
        let early: FileDescriptor
        let late: FileDescriptor
        do {
            let listener = try Listener(bindingTCP: host, port: 0)
            let address = try #require(SocketAddress(host: host, port: listener.port))
            try listener.start { _, _ in seen.lines.append("accepted") }
            listener.pause()
            early = try SocketIO.connect(to: address)
            try await Task.sleep(for: .milliseconds(10))
            try listener.turnAwayNewcomers()
            late = try SocketIO.connect(to: address)
            try await Task.sleep(for: .milliseconds(10))
            listener.acceptAll()
            check(seen.lines, ["accepted"], "whoever was in the queue")
            listener.stop()
        }
        check(early.raw >= 0, true, "early client")
        // Its segment is repeated after a second; by then nobody listens.
        var failure: CInt = 0
        for _ in 0..<300 where failure == 0 {
            try await Task.sleep(for: .milliseconds(10))
            var length = socklen_t(4)
            getsockopt(late.raw, SOL_SOCKET, SO_ERROR, &failure, &length)
        }
        check(failure, ECONNREFUSED, "late client")
    }

    /// In a process of its own: the limit holds for all tests.
    @Test func `running out of descriptors pauses accepting and loses no connection`() async {
        await #expect(processExitsWith: .success) { @MainActor in
            let listener = try Listener(bindingTCP: "127.0.0.1", port: 0)
            let seen = Notes()
            try listener.start { _, _ in seen.lines.append("accepted") }
            let address = try #require(SocketAddress(host: "127.0.0.1", port: listener.port))
            let client = try SocketIO.connect(to: address)
            let limit = ProcessFacts.descriptorLimit().soft
            ProcessFacts.setDescriptorLimit(3)
            try await Task.sleep(for: .milliseconds(20))
            check(seen.lines, [], "while exhausted")
            ProcessFacts.setDescriptorLimit(limit)
            await seen.wait(for: 1)
            check(seen.lines, ["accepted"], "afterwards")
            check(client.raw >= 0, true, "client")
            exit(seen.lines == ["accepted"] ? 0 : 1)
        }
    }

    @Test func `a Unix socket is private and replaces one left behind`() async throws {
        let path = "/tmp/\(RandomID.alphanumerics(12)).sock"
        defer { unlink(path) }
        let seen = Notes()
        for round in 1...2 {
            let listener = try Listener(bindingUnix: path)
            var facts = stat()
            check(stat(path, &facts), 0, "socket file")
            check(facts.st_mode & 0o777, 0o600, "mode")
            try listener.start { _, peer in seen.lines.append(peer.text) }
            let address = try #require(SocketAddress(path: path))
            let client = try SocketIO.connect(to: address)
            await seen.wait(for: round)
            check(client.raw >= 0, true, "client")
            listener.stop()
        }
        check(seen.lines, ["local", "local"], "connections")
    }

    @Test func `names and bad addresses are refused, not looked up`() {
        for host in ["example.com", "", "1.2.3", "::g", "127.0.0.1 "] {
            check(SocketAddress(host: host, port: 1) == nil, true, host)
        }
        check(SocketAddress(path: String(repeating: "x", count: 200)) == nil, true, "long path")
    }

    @Test func `the kernel's counters tell what both processes have written and read`() async throws {
        let listener = try Listener(bindingTCP: "127.0.0.1", port: 0)
        let accepted = Holder()
        try listener.start { socket, _ in accepted.socket = consume socket }
        let address = try #require(SocketAddress(host: "127.0.0.1", port: listener.port))
        let client = try SocketIO.connect(to: address)
        while accepted.socket == nil { await Task.yield() }
        let raw = accepted.raw
        check(TCPFacts.read(raw).map { [$0.written, $0.consumed] }, [0, 0], "fresh")
        _ = write(client.raw, "hello", 5)
        _ = write(raw, "answer!", 7)
        try await Task.sleep(for: .milliseconds(5))
        check(TCPFacts.read(raw).map { [$0.written, $0.consumed] }, [7, 0], "unread")
        var bytes = [UInt8](repeating: 0, count: 3)
        check(read(raw, &bytes, 3), 3, "read")
        check(TCPFacts.read(raw).map { [$0.written, $0.consumed] }, [7, 3], "read in part")
        // What the client does not take stays in queues; the sum still counts every byte written.
        let block = [UInt8](repeating: 1, count: 1 << 20)
        var total: UInt64 = 7
        while case .bytes(let count) = try block.withUnsafeBytes({ try SocketIO.send(raw, $0) }) {
            total += UInt64(count)
        }
        check(TCPFacts.read(raw)?.written, total, "queued")
        let pair = try SocketIO.pair(.stream)
        check(TCPFacts.read(pair.first.raw), nil, "no TCP socket")
        listener.stop()
    }
}

@MainActor private final class Holder {
    var socket: FileDescriptor?
    var raw: CInt {
        switch socket {
        case .some(let socket): socket.raw
        case .none: -1
        }
    }
}
