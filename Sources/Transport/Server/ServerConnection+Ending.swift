import HTTP
import Platform

extension ServerConnection {
    /// Gives the connection away, after `nextRequest` has returned: an idle one, or one with a request that has not been touched.
    /// It leaves the epoll set first, so that no event comes for it here any more. nil if it has ended already.
    public func detach() -> DetachedConnection? {
        precondition(phase != .streaming && phase != .reading, "an answer or a body has been begun")
        precondition(socket.output.isEmpty, "an answer is still on its way; nextRequest waits for it")
        guard phase != .over, let descriptor = socket.release() else { return nil }
        phase = .over
        let received = inputStart == 0 ? input : Array(input[inputStart...])
        input = []
        return DetachedConnection(
            socket: descriptor, received: received, peer: peer, consumedTotal: socket.consumedTotal,
            writtenTotal: socket.writtenTotal)
    }

    /// Ends the connection so that the client can read all of the answer: what is queued goes out, then our side ends, then what
    /// the client is still sending is thrown away until it ends, or a bound is reached. Works on the connection itself, whoever
    /// holds a duplicate of the socket.
    public func close() async {
        guard phase != .over else { return }
        phase = .over
        input = []
        socket.onPeerGone = nil
        await socket.waitWritten(downTo: 0, despitePeerGone: true)
        guard !socket.isBroken else { return socket.finish() }
        SocketIO.shutdownWrite(socket.raw)
        socket.finish(hasEnded: await linger())
    }

    /// Ends the connection at once with a reset.
    public func abort() {
        phase = .over
        socket.onPeerGone = nil
        socket.finish(aborting: true)
    }

    /// True if the client has ended its side as well.
    private func linger() async -> Bool {
        var left = limits.lingerMaxBytes
        socket.setReadLimit(nanoseconds: limits.lingerMax.nanosecondsClamped)
        while left > 0 {
            switch socket.receive() {
            case .bytes(let bytes): left -= bytes.count
            case .end: return !socket.isBroken
            case .wouldBlock: if await socket.waitReadable() == .timedOut { return false }
            }
        }
        return false
    }
}
