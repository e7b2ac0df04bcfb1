import CPlatform
import Glibc

/// A connection to a Unix socket for a program that does one thing after another: every call blocks, for so long at most.
public struct LocalStream: ~Copyable {
    private let socket: FileDescriptor

    /// - Parameter limit: of each call on its own.
    public init(connectingTo path: String, limit: Duration) throws(SystemError) {
        guard let address = SocketAddress(path: path) else { throw SystemError(call: "connect", errno: ENAMETOOLONG) }
        let raw = Glibc.socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard raw >= 0 else { throw SystemError("socket") }
        let owned = FileDescriptor(owning: raw)
        var time = timeval(tv_sec: limit.milliseconds / 1000, tv_usec: limit.milliseconds % 1000 * 1000)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(raw, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
        }
        guard address.withPointer({ connect(raw, $0, $1) }) == 0 else { throw SystemError("connect") }
        socket = owned
    }

    /// - Throws: `EAGAIN` when the limit has passed.
    public func send(_ bytes: [UInt8]) throws(SystemError) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(socket.raw, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SystemError("send") }
            sent += count
        }
    }

    /// What has come next; nil at the peer's end.
    ///
    /// - Throws: `EAGAIN` when nothing comes within the limit.
    public func read() throws(SystemError) -> [UInt8]? {
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = recv(socket.raw, &chunk, chunk.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SystemError("recv") }
            return count == 0 ? nil : Array(chunk[..<count])
        }
    }

    /// Everything up to the peer's end.
    ///
    /// - Throws: `EAGAIN` when nothing comes within the limit, `EMSGSIZE` when more comes than `sizeMaxBytes`.
    public func readToEnd(sizeMaxBytes: Int) throws(SystemError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(socket.raw, &chunk, chunk.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SystemError("recv") }
            guard count > 0 else { return bytes }
            bytes += chunk[..<count]
            guard bytes.count <= sizeMaxBytes else { throw SystemError(call: "recv", errno: EMSGSIZE) }
        }
    }
}

extension PeerAddress {
    /// The user whose process is at the other end of a Unix socket; nil if the kernel does not say.
    public static func userID(of socket: borrowing FileDescriptor) -> uid_t? {
        let user = platform_peer_user(socket.raw)
        return user < 0 ? nil : uid_t(user)
    }
}
