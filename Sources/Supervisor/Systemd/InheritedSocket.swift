import Glibc
import Platform

/// A descriptor the service manager passed at start, until somebody who knows what it is takes it.
///
/// All sockets of one `.socket` unit carry the same name, so what one is for is asked of the socket itself.
final class InheritedSocket {
    /// `LISTEN_FDNAMES`; empty if there is none.
    let name: String
    private let raw: CInt
    private var descriptor: FileDescriptor?

    init(_ descriptor: consuming FileDescriptor, name: String = "") {
        self.name = name
        raw = descriptor.raw
        self.descriptor = consume descriptor
    }

    /// Whether it is a stream socket in the state `LISTEN` (socket(7), `SO_ACCEPTCONN`).
    var isListening: Bool {
        descriptor != nil && option(raw, SO_ACCEPTCONN) == 1 && option(raw, SO_TYPE) == CInt(SOCK_STREAM.rawValue)
    }

    /// Hands the socket over if it listens; else it stays here and is closed with this object.
    func takeIfListening() -> FileDescriptor? {
        isListening ? descriptor.take() : nil
    }

    /// Hands over whatever it is.
    func take() -> FileDescriptor? { descriptor.take() }

    private func option(_ raw: CInt, _ name: CInt) -> CInt? {
        var value: CInt = 0
        var size = socklen_t(MemoryLayout<CInt>.size)
        return getsockopt(raw, SOL_SOCKET, name, &value, &size) == 0 ? value : nil
    }
}
