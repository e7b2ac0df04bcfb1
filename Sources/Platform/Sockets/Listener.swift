import CPlatform
import Glibc

/// Accepts connections. They come close-on-exec, non-blocking and, if TCP, without delay for small writes.
@MainActor public final class Listener {
    /// Connections taken in one turn; the kernel's queue keeps the rest for the next.
    public static let acceptsPerTurnMax = 64
    /// Pause after the process or the system has run out of descriptors.
    static let exhaustionPause = Duration.milliseconds(100)

    public let socket: FileDescriptor
    /// The bound port, also when 0 was asked for; 0 for a Unix socket.
    public let port: UInt16
    /// Only this host can connect.
    public let isLoopbackOnly: Bool
    private var watch: DescriptorWatch?
    private var onAccept: (@MainActor (consuming FileDescriptor, PeerAddress) -> Void)?
    private var isPaused = false
    private lazy var retry = LoopTimer { [weak self] in self?.watchUnlessPaused() }

    /// Binds and listens.
    /// - Parameters:
    ///   - host: numeric IPv4 or IPv6 address; `::` takes both families.
    ///   - port: 0 lets the kernel choose.
    ///   - backlog: length of the queue of connections that nobody has accepted yet.
    public convenience init(bindingTCP host: String, port: UInt16, backlog: CInt = 4096) throws(SystemError) {
        guard let address = SocketAddress(host: host, port: port) else {
            throw SystemError(call: "inet_pton", errno: EINVAL)
        }
        let socket = try SocketIO.newSocket(family: address.family)
        SocketIO.setOption(socket.raw, level: SOL_SOCKET, SO_REUSEADDR, 1)
        if address.family == AF_INET6 { SocketIO.setOption(socket.raw, level: CInt(IPPROTO_IPV6), IPV6_V6ONLY, 0) }
        try Self.listen(socket.raw, address, backlog)
        self.init(adopting: socket)
    }

    /// Binds a Unix socket with mode 0600. A socket left behind at `path` by an earlier process is replaced.
    public convenience init(bindingUnix path: String, backlog: CInt = 128) throws(SystemError) {
        guard let address = SocketAddress(path: path) else { throw SystemError(call: "bind", errno: ENAMETOOLONG) }
        var facts = stat()
        if lstat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFSOCK { _ = unlink(path) }
        let socket = try SocketIO.newSocket(family: AF_UNIX)
        // On Linux the mode of the socket's file is the descriptor's, less the umask: set before bind, there is no gap.
        guard fchmod(socket.raw, 0o600) == 0 else { throw SystemError("fchmod") }
        try Self.listen(socket.raw, address, backlog)
        self.init(adopting: socket)
    }

    /// Takes over a socket that listens already, as systemd hands it in.
    public init(adopting socket: consuming FileDescriptor) {
        _ = platform_set_nonblocking(socket.raw)
        port = SocketAddress.localPort(of: socket.raw)
        isLoopbackOnly = PeerAddress(boundBy: socket.raw).isLoopback
        if port != 0 { SocketIO.setNoDelay(socket.raw) }  // connections inherit it (tcp(7) of Linux)
        self.socket = socket
    }

    /// Starts accepting. `onAccept` runs outside any task, like every handler of the loop.
    public func start(
        _ onAccept: @escaping @MainActor (consuming FileDescriptor, PeerAddress) -> Void
    ) throws(SystemError) {
        self.onAccept = onAccept
        isPaused = false
        watch = try makeWatch()
    }

    /// Leaves new connections in the kernel's queue.
    public func pause() {
        isPaused = true
        stopWatching()
    }

    public func resume() {
        isPaused = false
        watchUnlessPaused()
    }

    /// Ends accepting for good; connections still in the kernel's queue stay there for whoever else holds the socket.
    public func stop() {
        onAccept = nil
        stopWatching()
    }

    /// Lets no further connection begin, so that the kernel's queue can be emptied for good: who has been answered once still
    /// gets in, a newcomer hears nothing until the socket is closed and its repetition is refused.
    public func turnAwayNewcomers() throws(SystemError) {
        guard platform_drop_new_connections(socket.raw) == 0 else { throw SystemError("setsockopt") }
    }

    /// Takes everything that is in the kernel's queue now, however much it is, also while paused. What is beyond the descriptor
    /// limit stays there.
    public func acceptAll() {
        while let onAccept, acceptOne(onAccept) == .more {}
    }

    private func stopWatching() {
        retry.cancel()
        watch?.cancel()
        watch = nil
    }

    private func watchUnlessPaused() {
        guard onAccept != nil, !isPaused, watch == nil else { return }
        watch = try? makeWatch()  // no memory for the registration: the timer tries again
        if watch == nil { retry.set(after: Self.exhaustionPause) }
    }

    private func makeWatch() throws(SystemError) -> DescriptorWatch {
        try DescriptorWatch(socket.raw, interest: .readable, mode: .level) { [weak self] _ in self?.accept() }
    }

    private func accept() {
        for _ in 0..<Self.acceptsPerTurnMax {
            guard let onAccept, !isPaused else { return }
            switch acceptOne(onAccept) {
            case .more: continue
            case .empty: return
            case .exhausted: return pauseForExhaustion()
            }
        }
    }

    private enum Queue {
        /// There may be more in it.
        case more
        case empty
        /// No descriptor or memory for what is in it.
        case exhausted
    }

    private func acceptOne(_ onAccept: @MainActor (consuming FileDescriptor, PeerAddress) -> Void) -> Queue {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let raw = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { platform_accept4(socket.raw, $0, &length) }
        }
        guard raw < 0 else {
            onAccept(FileDescriptor(owning: raw), PeerAddress(storage))
            return .more
        }
        if [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno) { return .exhausted }
        // ECONNABORTED and the network errors of accept(2) concern the one connection only.
        return errno == EAGAIN || errno == EBADF || errno == EINVAL ? .empty : .more
    }

    private func pauseForExhaustion() {
        stopWatching()
        retry.set(after: Self.exhaustionPause)
    }

    private static func listen(_ fd: CInt, _ address: SocketAddress, _ backlog: CInt) throws(SystemError) {
        guard address.withPointer({ bind(fd, $0, $1) }) == 0 else { throw SystemError("bind") }
        guard Glibc.listen(fd, backlog) == 0 else { throw SystemError("listen") }
    }
}
