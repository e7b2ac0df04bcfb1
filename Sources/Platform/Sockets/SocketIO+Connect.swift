import Glibc

extension SocketIO {
    /// Opens a non-blocking, close-on-exec stream socket towards `address`. The connection may still be under way: the
    /// socket becomes writable when it stands or has failed.
    public static func connect(to address: SocketAddress) throws(SystemError) -> FileDescriptor {
        let socket = try newSocket(family: address.family)
        let result = address.withPointer { Glibc.connect(socket.raw, $0, $1) }
        guard result == 0 || errno == EINPROGRESS else { throw SystemError("connect") }
        if address.family != AF_UNIX { setNoDelay(socket.raw) }
        return socket
    }

    static func newSocket(family: CInt) throws(SystemError) -> FileDescriptor {
        let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue)
        let raw = socket(family, type, 0)
        guard raw >= 0 else { throw SystemError("socket") }
        return FileDescriptor(owning: raw)
    }

    /// Sends small writes at once (`TCP_NODELAY`). Has no meaning, and no effect, on a socket that is not TCP.
    public static func setNoDelay(_ fd: CInt) { setOption(fd, level: CInt(IPPROTO_TCP), TCP_NODELAY, 1) }

    static func setOption(_ fd: CInt, level: CInt, _ name: CInt, _ value: CInt) {
        var value = value
        _ = setsockopt(fd, level, name, &value, socklen_t(MemoryLayout<CInt>.size))
    }
}
