import CPlatform
import Glibc

/// What a child writes to one of its standard streams, read as it comes: a child that writes without end is neither stopped
/// by a full pipe nor read for longer than a turn of the loop bears.
@MainActor public final class ChildOutput {
    /// Bytes that are read in one turn; the rest waits in the pipe for the next.
    public static let turnSizeMaxBytes = 65_536

    private let ours: FileDescriptor
    private var childs: FileDescriptor?
    private let onBytes: @MainActor ([UInt8]) -> Void
    private var watch: DescriptorWatch?

    /// - Parameter onBytes: called with what has come, never with nothing.
    public init(_ onBytes: @escaping @MainActor ([UInt8]) -> Void) throws(SystemError) {
        var ends: [CInt] = [-1, -1]
        guard platform_pipe_cloexec(&ends) == 0 else { throw SystemError("pipe2") }
        ours = FileDescriptor(owning: ends[0])
        childs = FileDescriptor(owning: ends[1])
        self.onBytes = onBytes
        // Our end alone: the child's programs expect a write to wait.
        guard platform_set_nonblocking(ours.raw) == 0 else { throw SystemError("fcntl(F_SETFL)") }
    }

    /// The end to map into the child; -1 after `begin`.
    public var childEnd: CInt { childs?.raw ?? -1 }

    /// The child has been started: from here on only it keeps the pipe open.
    public func begin() throws(SystemError) {
        _ = childs.take()
        watch = try DescriptorWatch(ours.raw, interest: .readable, mode: .level) { [unowned self] _ in
            if read() == .end { stop() }
        }
    }

    /// Reads what is there and then no more: the child has ended, and whoever has inherited the pipe from it is not waited for.
    public func finish() {
        var turns = 0
        while watch != nil, turns < Self.lastTurnsMax, case .bytes = read() { turns += 1 }
        stop()
    }

    /// As much as a pipe holds, which is a mebibyte at most for a process without privileges.
    private static let lastTurnsMax = 16

    private func stop() {
        watch?.cancel()
        watch = nil
    }

    private func read() -> IOResult {
        var bytes = [UInt8](repeating: 0, count: Self.turnSizeMaxBytes)
        var count: Int
        repeat { count = Glibc.read(ours.raw, &bytes, bytes.count) } while count < 0 && errno == EINTR
        if count < 0, errno == EAGAIN { return .wouldBlock }
        guard count > 0 else { return .end }
        bytes.removeSubrange(count...)
        onBytes(bytes)
        return .bytes(count)
    }
}
