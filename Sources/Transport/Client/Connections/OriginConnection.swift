import HTTP
import Platform

/// A connection to one server that carries one exchange after the other (RFC 9112 section 9.3; never two at once).
///
/// It is in the epoll set from its beginning to its end, edge-triggered, so that a request costs no call for it; while it is
/// idle an event means that the server has closed it. Nothing here waits or runs in a task: the loop's handler and the
/// exchange's reader drive it.
@MainActor final class OriginConnection: ExchangeCarrier, TurnSender {
    /// What the connections of a client have in common.
    struct Context {
        let unreadMaxBytes: Int
        unowned let pool: ConnectionPool
        /// Sends a request again, on a new connection.
        let retry: @MainActor (OutgoingRequest, ClientExchange) -> Void
    }

    let url: HTTPURL
    private let wire: any Wire
    private let context: Context
    private var watch: DescriptorWatch?
    private var isClosed = false
    /// The server has ended its side: what it has sent can still be read, nothing more will come.
    private var isPeerClosing = false

    // Of the exchange under way.
    private var exchange: ClientExchange?
    private var request: OutgoingRequest?
    private var isReused = false
    private var sent = 0
    private var reader: ResponseReader?
    private var hasAnswerBegun = false
    /// The reader is behind: the socket is left alone until it has caught up.
    private var isPaused = false

    /// When it last became idle, in monotonic nanoseconds.
    var idleSince: UInt64 = 0

    init(_ wire: any Wire, to url: HTTPURL, context: Context) {
        self.wire = wire
        self.url = url
        self.context = context
        // Out of memory or of watches: `carry` finds no watch and breaks off.
        watch = try? DescriptorWatch(
            wire.raw, interest: [.readable, .writable, .peerClosed], mode: .edge,
            handler: { [unowned self] in handle($0) })
    }

    isolated deinit { close() }

    /// Sends a request and brings its answer.
    /// - Parameter isReused: the connection has carried others: the server may be closing it at this moment.
    func carry(_ request: OutgoingRequest, for exchange: ClientExchange, isReused: Bool) {
        self.exchange = exchange
        self.request = request
        self.isReused = isReused
        reader = ResponseReader(answering: request.opening.method)
        sent = 0
        hasAnswerBegun = false
        isPaused = false
        exchange.carrier = self
        if watch == nil {
            fail(.connect)
        } else if request.count > TurnSends.heldMaxBytes || !TurnSends.holds(self) {
            send()
        }
    }

    func sendHeld() { send() }

    func resumeReading() {
        guard isPaused, let exchange, exchange.received.count < context.unreadMaxBytes else { return }
        isPaused = false
        receive()
    }

    func abandon() {
        exchange = nil
        close()
    }

    /// Ends the connection. The exchange must have been let go.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        watch?.cancel()
        watch = nil
        wire.close()
        request = nil
        reader = nil
    }

    // MARK: What the loop tells

    private func handle(_ readiness: Readiness) {
        if !readiness.isDisjoint(with: [.peerClosed, .hangup, .error]) { isPeerClosing = true }
        guard exchange != nil else {
            if readiness != .writable { lookWhileIdle() }
            return
        }
        if readiness.contains(.writable), !isSent { send() }
        if readiness != .writable, !isPaused { receive() }
    }

    /// Session tickets of TLS may come at any time; a byte or an end may not.
    private func lookWhileIdle() {
        if !isPeerClosing, case .wouldBlock = wire.receive(into: ReceiveBuffer.shared) { return }
        context.pool.remove(self)
        close()
    }

    // MARK: Sending

    private func send() {
        guard let request else { return }
        while sent < request.count {
            switch request.withRest(after: sent, { wire.send($0, $1) }) {
            case .bytes(let count): sent += count
            case .wouldBlock: return
            case .end, .broken:
                // The server may have answered before it closed: what there is to read says what became of the request.
                isPeerClosing = true
                return receive()
            }
        }
        if hasAnswerBegun { self.request = nil } else { self.request?.giveBodyBack() }
    }

    private var isSent: Bool { request == nil || sent == request?.count }

    // MARK: Receiving

    private func receive() {
        let buffer = ReceiveBuffer.shared
        while exchange != nil {
            switch wire.receive(into: buffer) {
            case .bytes(let count):
                take(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                // A short read has emptied the socket; the loop tells when more comes.
                if count < buffer.count, wire.isEmptyAfterShortRead, !isPeerClosing { return }
                if isPaused { return }
            case .wouldBlock:
                // After a failed send nothing more can come, and no event would tell.
                if isPeerClosing { over() }
                return
            case .end, .broken: return over()
            }
        }
    }

    private func take(_ bytes: UnsafeRawBufferPointer) {
        guard let exchange else { return }
        if !hasAnswerBegun {
            hasAnswerBegun = true
            // A stream may last for minutes, and its request is of no more use.
            if isSent { request = nil }
        }
        let used: Int
        do throws(HTTPRefusal.Reason) {
            used = try reader?.take(bytes, into: &exchange.received) ?? 0
        } catch {
            return fail(.malformed(error))
        }
        if !exchange.hasBegun {
            guard let head = reader?.head else { return }
            exchange.begin(head)
        }
        if reader?.isComplete == true { return finish(mayKeep: used == bytes.count) }
        if !exchange.received.isEmpty { exchange.progressed() }
        if exchange.received.count >= context.unreadMaxBytes { isPaused = true }
    }

    /// The server has ended the connection.
    private func over() {
        if reader?.mayEndHere == true { return finish(mayKeep: false) }
        // RFC 9112 section 9.3.1: a connection closed before the first byte of an answer was most likely idle too long. The
        // server may have looked at the request after all: whoever must not say the same twice makes the body anew.
        guard let exchange, !hasAnswerBegun, isReused, let request = request?.again() else { return fail(.reset) }
        self.exchange = nil
        close()
        context.retry(request, exchange)
    }

    private func finish(mayKeep: Bool) {
        let isKept = mayKeep && reader?.keepsConnection == true && isSent && !isPeerClosing
        let exchange = exchange
        self.exchange = nil
        reader = nil
        request = nil
        if isKept { context.pool.put(self) } else { close() }
        exchange?.end(nil)
    }

    private func fail(_ error: ClientError) {
        let exchange = exchange
        self.exchange = nil
        close()
        exchange?.end(error)
    }
}
