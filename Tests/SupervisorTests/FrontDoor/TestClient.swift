import Glibc
import Platform
import Testing

/// A TCP client of a test, and the listener it connected to.
@MainActor final class TestClient {
    private let listener: Listener?
    private let socket: FileDescriptor
    private var accepted: CInt?

    /// Connects to a listener of its own.
    static func connected() async throws -> TestClient {
        let listener = try Listener(bindingTCP: "127.0.0.1", port: 0)
        return try TestClient(port: listener.port, listener: listener)
    }

    init(port: UInt16, listener: Listener? = nil) throws {
        self.listener = listener
        let raw = Glibc.socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        socket = FileDescriptor(owning: raw)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(raw, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(result == 0, "connect")
        _ = fcntl(raw, F_SETFL, O_NONBLOCK)
        try listener?.start { [unowned self] descriptor, _ in accepted = descriptor.release() }
    }

    /// The server's end of the connection.
    func accepted() async throws -> FileDescriptor {
        await eventually("accepted") { accepted != nil }
        listener?.stop()
        return FileDescriptor(owning: try #require(accepted))
    }

    func send(_ bytes: [UInt8]) throws {
        let sent = try bytes.withUnsafeBytes { try SocketIO.send(socket.raw, $0) }
        #expect(sent == .bytes(bytes.count))
    }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    /// Reads at the server's end what a front door would have read.
    func readAtServer(_ raw: CInt, count: Int) async throws {
        var left = count
        var room = [UInt8](repeating: 0, count: count)
        await eventually("read") {
            if case .bytes(let got)? = try? room.withUnsafeMutableBytes({ try SocketIO.receive(raw, into: $0) }) {
                left -= got
            }
            return left == 0
        }
    }

    /// What comes until `marker`, or until the end of the connection when it is nil.
    func receive(until marker: String? = nil, within limit: Duration = .seconds(3)) async -> String {
        var text = ""
        var room = [UInt8](repeating: 0, count: 65536)
        await eventually("answer until \(marker ?? "the end")", within: limit) {
            while true {
                switch try? room.withUnsafeMutableBytes({ try SocketIO.receive(socket.raw, into: $0) }) {
                case .bytes(let count): text += String(decoding: room[..<count], as: UTF8.self)
                case .end, nil: return true
                case .wouldBlock: return marker.map { text.contains($0) } ?? false
                }
            }
        }
        return text
    }
}
