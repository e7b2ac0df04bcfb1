import HTTP
import Platform

extension ServerConnection {
    /// Bodies above this size are handed to the kernel from where they are instead of being copied behind the head.
    static let bodyCopiedMaxBytes = 16 * 1024

    /// Answers with a whole body. Adds `Content-Length`, `Date` and `Connection`; leaves the body away where there must be none.
    ///
    /// - Parameter close: ends the connection after this answer. So does a request whose body has not been read to its end.
    /// - Returns: false if the client is gone.
    @discardableResult public func respond(
        _ head: ResponseHead, body: [UInt8], close: Bool = false
    ) async -> Bool {
        guard phase != .over, phase != .streaming else { return false }
        respondAtOnce(head, body: body, close: close)
        if isBehind { await catchUp() }
        return !socket.isPeerGone
    }

    /// The same without waiting: sends what the kernel takes and leaves the rest queued, in a busy turn of the loop all of it
    /// until its end (`TurnSends`). If the client `isBehind` then, somebody has to `catchUp`.
    public func respondAtOnce(_ head: ResponseHead, body: [UInt8], close: Bool = false) {
        guard phase != .over, phase != .streaming else { return }
        skipBufferedBody()
        if close || !decoder.isComplete { mustClose = true }
        let keep = settleKeepAlive()
        let hasBody = !request.isHead && !ResponseHead.hasNoBody(head.status)
        let copies = hasBody && body.count <= Self.bodyCopiedMaxBytes
        let minorVersion = request.minorVersion
        socket.output.append { out in
            head.serialize(
                framing: .length(body.count), keepAlive: keep, date: DateField.current, minorVersion: minorVersion,
                into: &out)
            if copies { out.append(contentsOf: body) }
        }
        socket.endsAnswer = true
        if hasBody && !copies { socket.send(body) } else { socket.sendInTurn() }
        phase = .idle
    }

    /// Begins an answer whose length nobody knows: chunked, or for an HTTP/1.0 client ended by closing. Queued only: the head
    /// leaves with the first event.
    public func startStream(_ head: ResponseHead) {
        guard phase != .over, phase != .streaming else { return }
        skipBufferedBody()
        if !decoder.isComplete || request.minorVersion == 0 { mustClose = true }
        let keep = settleKeepAlive()
        isChunked = request.minorVersion > 0
        let framing: BodyFraming = isChunked ? .chunked : .none
        socket.output.append { out in
            head.serialize(framing: framing, keepAlive: keep, date: DateField.current, into: &out)
        }
        phase = .streaming
    }

    /// Queues whole events as one chunk. Bounded by whoever calls `flush` and waits for it.
    public func write(_ bytes: [UInt8]) {
        guard phase == .streaming, !request.isHead, !socket.isBroken else { return }
        let isChunked = isChunked
        socket.output.append { out in
            if isChunked { Chunk.append(bytes, into: &out) } else { out.append(contentsOf: bytes) }
        }
    }

    /// Sends what is queued, and waits as long as more than the high water is left.
    /// - Returns: false if the client is gone; then the rest of the answer is of no use.
    @discardableResult public func flush() async -> Bool {
        flushAtOnce()
        if isBehind { await catchUp() }
        return !socket.isPeerGone
    }

    /// Sends what the kernel takes of what is queued.
    public func flushAtOnce() { socket.send() }

    /// More is queued than may be: whoever writes waits until the client has taken some of it.
    public var isBehind: Bool { socket.output.count > limits.sendBufferHighWater }

    /// Waits until the client is not behind any more, or gone.
    public func catchUp() async { await socket.waitWritten(downTo: limits.sendBufferHighWater) }

    /// Ends the streamed answer and sends what is queued.
    @discardableResult public func endStream() async -> Bool {
        guard phase == .streaming else { return false }
        endStreamAtOnce()
        if isBehind { await catchUp() }
        return !socket.isPeerGone
    }

    /// The same without waiting: sends what the kernel takes.
    public func endStreamAtOnce() {
        guard phase == .streaming else { return }
        if isChunked, !request.isHead { socket.output.append { Chunk.appendLast(into: &$0) } }
        socket.endsAnswer = true
        phase = .idle
        flushAtOnce()
    }

    /// Decides for good whether the connection outlives this answer.
    private func settleKeepAlive() -> Bool {
        if !mayKeepAlive { mustClose = true }
        return !mustClose
    }

    /// The answer comes before the body was read: what has arrived of it is thrown away, and if that is all, the connection can go
    /// on.
    private func skipBufferedBody() {
        if phase == .received { consumeInput(headByteCount) }
        headByteCount = 0
        phase = .reading
        guard !decoder.isComplete, !input.isEmpty else { return }
        var ignored: [UInt8] = []
        // A refusal leaves the decoder incomplete, and that closes the connection after this answer.
        try? decodeBuffered(into: &ignored)
    }
}
