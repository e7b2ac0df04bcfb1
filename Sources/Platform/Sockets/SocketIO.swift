import CPlatform
import Glibc

/// What came of one attempt to read or write.
public enum IOResult: Sendable, Equatable {
    /// So many bytes, at least one.
    case bytes(Int)
    /// Nothing to be had at the moment; the watch will tell.
    case wouldBlock
    /// The peer has finished sending.
    case end
}

/// The system calls on sockets. Each is tried at once and retried on `EINTR`; descriptors must be non-blocking.
public enum SocketIO {
    public static func receive(_ fd: CInt, into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> IOResult {
        while true {
            let count = recv(fd, buffer.baseAddress, buffer.count, 0)
            if count > 0 { return .bytes(count) }
            if count == 0 { return .end }
            if isRetryable { continue }
            if isWouldBlock { return .wouldBlock }
            throw SystemError("recv")
        }
    }

    /// Never raises `SIGPIPE`.
    public static func send(_ fd: CInt, _ bytes: UnsafeRawBufferPointer) throws(SystemError) -> IOResult {
        while true {
            let count = Glibc.send(fd, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL))
            if count >= 0 { return .bytes(count) }
            if isRetryable { continue }
            if isWouldBlock { return .wouldBlock }
            throw SystemError("send")
        }
    }

    /// Sends `pieces` one behind the other in one call, as one message on a `SOCK_SEQPACKET` socket, and lends `descriptors`
    /// to the kernel, which gives the receiver duplicates. The caller keeps and closes its own.
    ///
    /// `ETOOMANYREFS` (too many descriptors on their way) is reported as `wouldBlock`: it passes, but no event tells when.
    public static func sendMessage(
        _ fd: CInt, _ pieces: UnsafeRawBufferPointer..., descriptors: [CInt] = []
    ) throws(SystemError) -> IOResult {
        try sendMessage(fd, pieces: pieces, descriptors: descriptors)
    }

    public static func sendMessage(
        _ fd: CInt, pieces: [UnsafeRawBufferPointer], descriptors: [CInt]
    ) throws(SystemError) -> IOResult {
        let vectors = pieces.map {
            iovec(iov_base: UnsafeMutableRawPointer(mutating: $0.baseAddress), iov_len: $0.count)
        }
        while true {
            let count = platform_send_message(fd, vectors, vectors.count, descriptors, descriptors.count)
            if count >= 0 { return .bytes(count) }
            if isRetryable { continue }
            if isWouldBlock || errno == ETOOMANYREFS { return .wouldBlock }
            throw SystemError("sendmsg")
        }
    }

    /// Receives one message. Its descriptors are appended to `descriptors`, close-on-exec, and belong to the caller.
    ///
    /// - Throws: with `EMSGSIZE` if the kernel had to cut the bytes or drop descriptors; what did arrive is closed.
    public static func receiveMessage(
        _ fd: CInt, into buffer: UnsafeMutableRawBufferPointer, descriptors: inout [CInt]
    ) throws(SystemError) -> IOResult {
        while true {
            var flags: CInt = 0
            var count = 0
            var descriptorCount = 0
            let room = Int(PLATFORM_MESSAGE_DESCRIPTORS_MAX)
            let received = withUnsafeTemporaryAllocation(of: CInt.self, capacity: room) { fds in
                count = platform_receive_message(
                    fd, buffer.baseAddress, buffer.count, fds.baseAddress, &descriptorCount, &flags)
                return Array(fds[..<descriptorCount])
            }
            if count < 0 {
                if isRetryable { continue }
                if isWouldBlock { return .wouldBlock }
                throw SystemError("recvmsg")
            }
            guard flags & CInt(MSG_CTRUNC | MSG_TRUNC) == 0 else {
                for descriptor in received { _ = close(descriptor) }
                throw SystemError(call: "recvmsg", errno: EMSGSIZE)
            }
            descriptors += received
            return count == 0 && received.isEmpty ? .end : .bytes(count)
        }
    }

    /// Ends our writing side; the peer reads the end of the stream. Acts on the connection, whoever else holds it.
    public static func shutdownWrite(_ fd: CInt) { _ = shutdown(fd, CInt(SHUT_WR)) }

    /// Ends both directions, whoever else holds the socket.
    public static func shutdownBoth(_ fd: CInt) { _ = shutdown(fd, CInt(SHUT_RDWR)) }

    /// Resets a TCP connection, whoever else holds the socket (`connect` to `AF_UNSPEC`); ends another kind of socket.
    public static func abort(_ fd: CInt) {
        if platform_disconnect(fd) != 0 { shutdownBoth(fd) }
    }

    /// Two connected sockets of our own, close-on-exec and non-blocking.
    public static func pair(_ kind: SocketKind) throws(SystemError) -> SocketPair {
        var raw: [CInt] = [-1, -1]
        let type = kind.rawValue | CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue)
        guard socketpair(AF_UNIX, type, 0, &raw) == 0 else { throw SystemError("socketpair") }
        return SocketPair(first: FileDescriptor(owning: raw[0]), second: FileDescriptor(owning: raw[1]))
    }

    private static var isRetryable: Bool { errno == EINTR }
    private static var isWouldBlock: Bool { errno == EAGAIN || errno == EWOULDBLOCK }
}

/// Two ends that are connected with each other.
@frozen public struct SocketPair: ~Copyable, Sendable {
    public let first: FileDescriptor
    public let second: FileDescriptor
}

/// The two kinds of local socket in use.
public enum SocketKind: Sendable {
    /// Bytes without boundaries.
    case stream
    /// Messages that keep their boundaries and their descriptors, in order.
    case sequencedPackets

    var rawValue: CInt {
        switch self {
        case .stream: CInt(SOCK_STREAM.rawValue)
        case .sequencedPackets: CInt(SOCK_SEQPACKET.rawValue)
        }
    }
}
