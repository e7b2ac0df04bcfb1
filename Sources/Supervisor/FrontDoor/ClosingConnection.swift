import Platform

/// Says a last word to a client and ends its connection decently: the bytes, the end of our direction, what the client
/// still sends read and thrown away, then both directions closed.
///
/// Reading on matters: a socket closed with unread bytes resets the connection, and a reset may overtake the answer
/// (RFC 9112 section 9.6). The object keeps itself alive until it is done, which `sayMax` and `lingerMax` bound.
final class ClosingConnection {
    static let sayMax = Duration.seconds(2)
    static let lingerMax = Duration.seconds(1)
    static let lingerMaxBytes = 64 * 1024

    private enum Phase {
        case saying(offset: Int)
        case lingering(discarded: Int)
        case over
    }

    private let socket: FileDescriptor
    private let lastWords: [UInt8]
    private let onEnd: () -> Void
    private var phase = Phase.saying(offset: 0)
    private var watch: DescriptorWatch?
    private var deadline: LoopTimer?

    /// - Parameters:
    ///   - socket: in nobody's epoll set of this process.
    ///   - lastWords: whole bytes of the protocol; empty to end without a word.
    ///   - onEnd: called once, when the descriptor is about to be closed.
    @discardableResult
    init(_ socket: consuming FileDescriptor, saying lastWords: [UInt8], onEnd: @escaping () -> Void) {
        self.socket = socket
        self.lastWords = lastWords
        self.onEnd = onEnd
        let deadline = LoopTimer { self.finish() }
        deadline.set(after: Self.sayMax)
        self.deadline = deadline
        do {
            watch = try DescriptorWatch(
                self.socket.raw, interest: [.readable, .writable, .peerClosed], mode: .edge
            ) { _ in self.advance() }
            advance()
        } catch {
            finish()
        }
    }

    private func advance() {
        do {
            if case .saying = phase { try say() }
            if case .lingering = phase { try linger() }
        } catch {
            finish()
        }
    }

    private func say() throws {
        while case .saying(let offset) = phase {
            guard offset < lastWords.count else {
                SocketIO.shutdownWrite(socket.raw)
                deadline?.set(after: Self.lingerMax)
                phase = .lingering(discarded: 0)
                return
            }
            let sent = try lastWords.withUnsafeBytes { bytes in
                try SocketIO.send(socket.raw, UnsafeRawBufferPointer(rebasing: bytes[offset...]))
            }
            guard case .bytes(let count) = sent else { return }
            phase = .saying(offset: offset + count)
        }
    }

    private func linger() throws {
        while case .lingering(let discarded) = phase {
            guard discarded < Self.lingerMaxBytes else { return finish() }
            let received = try receiveAndDiscard()
            switch received {
            case .bytes(let count): phase = .lingering(discarded: discarded + count)
            case .wouldBlock: return
            case .end: return finish()
            }
        }
    }

    private func receiveAndDiscard() throws -> IOResult {
        var room = [UInt8](repeating: 0, count: 16 * 1024)
        return try room.withUnsafeMutableBytes { try SocketIO.receive(socket.raw, into: $0) }
    }

    private func finish() {
        if case .over = phase { return }
        phase = .over
        watch?.cancel()
        watch = nil
        deadline?.cancel()
        deadline = nil
        SocketIO.shutdownBoth(socket.raw)
        onEnd()
    }
}
