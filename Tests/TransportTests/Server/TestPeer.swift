import Glibc
import HTTP
import Platform
import Testing

@testable import Transport

/// The other end of a connection under test: a client that sends raw bytes and waits for raw bytes, by asking every
/// millisecond.
@MainActor final class TestPeer {
    static let patience = Duration.seconds(5)
    private var descriptor: FileDescriptor?
    let raw: CInt
    private(set) var received: [UInt8] = []
    private(set) var hasSeenEnd = false
    private(set) var hasSeenReset = false

    init(_ descriptor: consuming FileDescriptor) {
        raw = descriptor.raw
        self.descriptor = consume descriptor
    }

    var text: String { String(decoding: received, as: UTF8.self) }

    func send(_ text: String) { send(Array(text.utf8)) }

    /// For what the socket's buffer takes at once. A server that has ended already is no mistake of the test.
    func send(_ bytes: [UInt8]) {
        let result = try? bytes.withUnsafeBufferPointer { (buffer) throws(SystemError) in
            try SocketIO.send(raw, UnsafeRawBufferPointer(buffer))
        }
        if let result, result != .bytes(bytes.count) { Issue.record("the socket took \(result)") }
    }

    /// Sends any amount; the server must read meanwhile.
    func sendAll(_ bytes: [UInt8]) async {
        var rest = bytes[...]
        while !rest.isEmpty, descriptor != nil {
            let result = try? rest.withUnsafeBufferPointer { (buffer) throws(SystemError) in
                try SocketIO.send(raw, UnsafeRawBufferPointer(buffer))
            }
            switch result {
            case .bytes(let count): rest = rest.dropFirst(count)
            case .wouldBlock: try? await Task.sleep(for: .milliseconds(1))
            default: return
            }
        }
    }

    /// Reads until `condition` holds, the end, or the end of patience.
    func read(until condition: (String) -> Bool) async {
        let deadline = ContinuousClock.now + Self.patience
        while !hasSeenEnd, !condition(text), ContinuousClock.now < deadline {
            if !take() { try? await Task.sleep(for: .milliseconds(1)) }
        }
    }

    func readToEnd() async -> String {
        await read { _ in false }
        return text
    }

    /// What comes within a short while.
    func readFor(_ duration: Duration) async -> String {
        let deadline = ContinuousClock.now + duration
        while !hasSeenEnd, ContinuousClock.now < deadline {
            if !take() { try? await Task.sleep(for: .milliseconds(1)) }
        }
        return text
    }

    /// Bytes that wait on a socket.
    static func unread(_ fd: CInt) -> Int {
        var byte = [UInt8](repeating: 0, count: 4096)
        return recv(fd, &byte, byte.count, CInt(MSG_PEEK | MSG_DONTWAIT))
    }

    /// One read at most, thrown away.
    func gulp() {
        _ = take()
        received = []
    }

    func endSending() { SocketIO.shutdownWrite(raw) }
    func close() { descriptor = nil }

    private func take() -> Bool {
        guard descriptor != nil else {
            hasSeenEnd = true
            return true
        }
        let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 65536, alignment: 1)
        defer { scratch.deallocate() }
        do {
            switch try SocketIO.receive(raw, into: scratch) {
            case .bytes(let count):
                received += scratch[..<count]
                return true
            case .wouldBlock: return false
            case .end: hasSeenEnd = true
            }
        } catch {
            hasSeenReset = true
            hasSeenEnd = true
        }
        return true
    }
}

/// A connected pair: the client's end, and the server's to make a `ServerConnection` of.
@MainActor struct TestWire: ~Copyable {
    let client: TestPeer
    let server: FileDescriptor

    /// Over a socket pair.
    static func local() throws -> TestWire {
        let pair = try SocketIO.pair(.stream)
        return TestWire(client: TestPeer(try pair.first.duplicate()), server: try pair.second.duplicate())
    }

    /// Over the loopback interface.
    static func tcp() async throws -> TestWire {
        let listener = try Listener(bindingTCP: "127.0.0.1", port: 0)
        let accepted = Accepted()
        try listener.start { socket, _ in accepted.descriptor = consume socket }
        let address = try #require(SocketAddress(host: "127.0.0.1", port: listener.port))
        let client = TestPeer(try SocketIO.connect(to: address))
        while accepted.descriptor == nil { await Task.yield() }
        listener.stop()
        return TestWire(client: client, server: try accepted.take())
    }

    private init(client: TestPeer, server: consuming FileDescriptor) {
        self.client = client
        self.server = server
    }

    consuming func connection(
        received: String = "", limits: ServerLimits = ServerLimits(), change: (inout ServerLimits) -> Void = { _ in }
    ) -> ServerConnection {
        var limits = limits
        change(&limits)
        return ServerConnection(server, peer: .local, received: Array(received.utf8), limits: limits)
    }
}

@MainActor private final class Accepted {
    var descriptor: FileDescriptor?
    func take() throws -> FileDescriptor {
        guard let taken = descriptor.take() else { throw SystemError(call: "accept", errno: EAGAIN) }
        return taken
    }
}

extension ServerConnection {
    /// Answers every request with its method, path and body, until the connection is over; then closes it.
    /// - Parameter takesWhatIsThere: bodies that have come already are not waited for.
    func serveEchoes(bodyMaxBytes: Int = 1 << 20, takesWhatIsThere: Bool = false) -> Task<Void, Never> {
        Task { @MainActor in
            do throws(HTTPRefusal) {
                while let head = try await nextRequest() {
                    do throws(BodyError) {
                        let there = takesWhatIsThere ? try bodyAtHand(sizeMaxBytes: bodyMaxBytes) : nil
                        let body = if let there { there } else { try await readBody(sizeMaxBytes: bodyMaxBytes) }
                        await respond(
                            ResponseHead(status: 200), body: Array("\(head.method.name) \(head.path) ".utf8) + body)
                    } catch {
                        await respond(ResponseHead(status: error == .tooLarge ? 413 : 400), body: [], close: true)
                    }
                }
            } catch {
                await respond(ResponseHead(status: error.status), body: Array("no".utf8), close: true)
            }
            await close()
        }
    }
}

/// The answers in `text`: statuses and bodies, in order. Understands Content-Length only.
func answers(in text: String, headOnly: Bool = false) -> [String] {
    var rest = text[...]
    var found: [String] = []
    while let end = rest.firstRange(of: "\r\n\r\n") {
        let head = rest[..<end.lowerBound]
        let status = head.split(separator: " ").dropFirst().first.map(String.init) ?? "?"
        let length =
            head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
            .flatMap { Int($0.split(separator: " ")[1]) } ?? 0
        rest = rest[end.upperBound...]
        let body = headOnly ? "" : String(rest.prefix(length))
        rest = rest.dropFirst(headOnly ? 0 : length)
        found.append(status + " " + body)
    }
    if !rest.isEmpty { found.append("left over: " + rest) }
    return found
}
