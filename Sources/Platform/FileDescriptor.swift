import CPlatform
import Glibc

/// Owns one descriptor: it is closed exactly once, when this value ends.
public struct FileDescriptor: ~Copyable, Sendable {
    public let raw: CInt

    /// Takes over a descriptor that nobody else closes.
    public init(owning raw: CInt) { self.raw = raw }

    deinit { _ = Glibc.close(raw) }

    /// Gives the number away; the caller closes it from now on.
    public consuming func release() -> CInt {
        let raw = raw
        discard self
        return raw
    }

    /// A second descriptor, close-on-exec, of the same open file.
    public func duplicate() throws(SystemError) -> FileDescriptor {
        let copy = platform_duplicate(raw)
        guard copy >= 0 else { throw SystemError("fcntl(F_DUPFD_CLOEXEC)") }
        return FileDescriptor(owning: copy)
    }
}
