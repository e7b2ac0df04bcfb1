import HTTP
import Platform

/// One client connection of a server, to be used by one task from top to bottom: `nextRequest`, `readBody`, an answer by
/// `respond` or by `startStream`, `write`, `flush`, `endStream`, and so on until `close`, `abort` or `detach`.
///
/// Nothing is read ahead while a request is being served: what a client pipelines stays in the kernel beyond one read's worth.
/// A client that half-closes counts as gone.
@MainActor public final class ServerConnection {
    /// Where the connection stands.
    enum Phase {
        /// No request is open; the buffer may hold bytes of the next one.
        case idle
        /// A head has been handed out; its bytes are still in the buffer, so the request can be given away whole.
        case received
        /// The body is being or has been taken.
        case reading
        /// A streamed answer has begun.
        case streaming
        /// Ended or given away.
        case over
    }

    public let peer: PeerAddress
    let limits: ServerLimits
    let socket: ConnectionSocket
    var phase = Phase.idle
    /// Bytes read and not yet used, from `inputStart` on.
    var input: [UInt8]
    var inputStart = 0
    /// How many bytes of `input` the head in hand takes.
    var headByteCount = 0
    var parser: RequestHeadParser
    var decoder: BodyDecoder
    var request = RequestFacts()
    var requestCount = 0
    var mustClose = false
    /// The limit for the head whose first bytes have come runs.
    var isHeadTimed = false
    var isInterrupted = false
    var isReceivingOver = false
    var isChunked = false

    /// What of a head rules the answer's form.
    struct RequestFacts {
        var isHead = false
        var minorVersion = 1
        var keepAlive = false
        var awaitsContinue = false
        var bodyLength: Int?
    }

    /// Takes over a connection, be it fresh or from another process.
    /// - Parameters:
    ///   - received: bytes already read from it that belong to the next request.
    ///   - consumedTotal: bytes read from it so far, `received` included.
    ///   - writtenTotal: bytes written to it so far.
    public init(
        _ socket: consuming FileDescriptor, peer: PeerAddress, received: [UInt8] = [], consumedTotal: UInt64 = 0,
        writtenTotal: UInt64 = 0, limits: ServerLimits = ServerLimits()
    ) {
        self.socket = ConnectionSocket(
            socket, consumedTotal: consumedTotal, writtenTotal: writtenTotal, writeStall: limits.writeStall)
        self.peer = peer
        self.limits = limits
        input = received
        parser = RequestHeadParser(limits: limits.http)
        decoder = BodyDecoder(framing: .none, limits: limits.http)
    }

    /// Called once when the client is gone, also while a request waits for something else. Runs outside any task. If the client
    /// is gone already, it is called at the end of this turn.
    public var onPeerGone: (@MainActor () -> Void)? {
        get { socket.onPeerGone }
        set {
            socket.onPeerGone = newValue
            guard socket.isPeerGone, newValue != nil else { return }
            EventLoop.atEndOfTurn { [weak self] in self?.socket.onPeerGone?() }
        }
    }

    /// Whether the client is known to be gone. Known without reading only while `onPeerGone` is set or a wait is under way.
    public var isPeerGone: Bool { socket.isPeerGone }

    /// Whether another request may follow the one in hand.
    public var mayKeepAlive: Bool {
        request.keepAlive && !mustClose && requestCount < limits.requestsPerConnectionMax
    }

    /// Bytes of the connection that belong to the request in hand or an earlier one, as far as they have been taken; what is
    /// buffered of a next one is not among them.
    public var consumedTotal: UInt64 { socket.consumedTotal &- UInt64(input.count - inputStart) }

    /// No request is open and no byte of the next one has been read.
    public var isIdle: Bool { phase == .idle && input.isEmpty }

    public var journal: (any ConnectionJournal)? {
        get { socket.journal }
        set { socket.journal = newValue }
    }

    /// Makes an idle `nextRequest` return nil, now and from now on, so that the connection can be given away. A request whose
    /// first byte has come is still read and returned.
    public func interrupt() {
        isInterrupted = true
        if isIdle { socket.interruptWait() }
    }

    /// Gives a request that has not come whole no more time: a head counts as begun and not finished, a body as stalled. What
    /// is complete is not touched.
    public func endReceiving() {
        isReceivingOver = true
        socket.interruptWait()
    }
}
