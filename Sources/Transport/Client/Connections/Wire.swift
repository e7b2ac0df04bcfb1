import CCurl
import Platform

/// A connection that stands: bytes in, bytes out. It is not in the epoll set by itself.
@MainActor protocol Wire: AnyObject {
    /// To be watched, and for nothing else.
    var raw: CInt { get }
    /// Whether a read that leaves room in the buffer says that nothing more is there. With TLS bytes may wait inside the
    /// library, where no event tells of them.
    var isEmptyAfterShortRead: Bool { get }
    func receive(into buffer: UnsafeMutableRawBufferPointer) -> WireResult
    /// Sends of `first`, then of `second`, as much as is taken at once. After `wouldBlock` the same bytes must come again.
    func send(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> WireResult
    /// Ends the connection. The descriptor must have left the epoll set before.
    func close()
}

enum WireResult {
    case bytes(Int)
    case wouldBlock
    /// The peer has finished sending.
    case end
    case broken
}

/// A TCP connection without TLS: plain system calls, libcurl has let go of it.
final class ClearWire: Wire {
    private var descriptor: FileDescriptor?
    let raw: CInt
    var isEmptyAfterShortRead: Bool { true }

    init(_ descriptor: consuming FileDescriptor) {
        raw = descriptor.raw
        self.descriptor = consume descriptor
    }

    func receive(into buffer: UnsafeMutableRawBufferPointer) -> WireResult {
        do throws(SystemError) { return WireResult(try SocketIO.receive(raw, into: buffer)) } catch { return .broken }
    }

    func send(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> WireResult {
        do throws(SystemError) {
            if second.isEmpty { return WireResult(try SocketIO.send(raw, first)) }
            return WireResult(try SocketIO.sendMessage(raw, first, second))
        } catch {
            return .broken
        }
    }

    func close() { descriptor = nil }
}

/// A connection through libcurl's TLS. Its handle stays in its multi handle for as long as the connection lives: taking it
/// out closes the connection.
final class TLSWire: Wire {
    private let connection: CurlConnection
    let raw: CInt
    var isEmptyAfterShortRead: Bool { false }

    init(_ connection: CurlConnection, raw: CInt) {
        self.connection = connection
        self.raw = raw
    }

    func receive(into buffer: UnsafeMutableRawBufferPointer) -> WireResult {
        var count = 0
        switch curl_easy_recv(connection.easy, buffer.baseAddress, buffer.count, &count) {
        case CURLE_OK: return count > 0 ? .bytes(count) : .end
        case CURLE_AGAIN: return .wouldBlock
        default: return .broken
        }
    }

    func send(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> WireResult {
        let bytes = first.isEmpty ? second : first
        var count = 0
        switch curl_easy_send(connection.easy, bytes.baseAddress, bytes.count, &count) {
        case CURLE_OK: return count > 0 ? .bytes(count) : .wouldBlock
        case CURLE_AGAIN: return .wouldBlock
        default: return .broken
        }
    }

    func close() { connection.close() }
}

extension WireResult {
    fileprivate init(_ result: IOResult) {
        switch result {
        case .bytes(let count): self = .bytes(count)
        case .wouldBlock: self = .wouldBlock
        case .end: self = .end
        }
    }
}
