import HTTP
import Platform

extension ServerConnection {
    /// What `requestAtHand` finds.
    public enum NextRequest {
        case head(HTTPRequestHead)
        /// Nothing yet: `waitForRequest`, then look again.
        case pending
        /// As nil of `nextRequest`.
        case over
    }

    /// The next request's head, after all of the previous answer is out.
    ///
    /// - Returns: nil when the connection is over or idle after `interrupt`: the client is gone, the last answer closes it, it
    ///   was idle for too long, or a head was begun and not finished in time. Then close it or give it away.
    /// - Throws: a refusal that the caller answers in its own words and then closes.
    public func nextRequest() async throws(HTTPRefusal) -> HTTPRequestHead? {
        while true {
            switch try requestAtHand() {
            case .head(let head): return head
            case .over: return nil
            case .pending: guard await waitForRequest() else { return nil }
            }
        }
    }

    /// The same without waiting. To be called in turn with `waitForRequest` until it is not `pending` any more.
    public func requestAtHand() throws(HTTPRefusal) -> NextRequest {
        guard phase != .over, !mustClose else { return .over }
        guard !hasAnswerToSend else { return .pending }
        request = RequestFacts()
        // A further request is read when the loop reports it, never on the off chance: what the loop delivers first, such as
        // a new configuration, was then seen before a request that was sent after it.
        if requestCount > 0 { socket.watchPeer() }
        while true {
            if !input.isEmpty, let head = try parseHead() { return .head(head) }
            // The first request of a connection is taken if it is there: nobody else has had a chance to.
            if input.isEmpty, isInterrupted, requestCount > 0 || !socket.mayRead { return .over }
            guard socket.mayRead else { break }
            guard receiveHeadBytes() else { return .over }
        }
        if socket.isPeerGone || isReceivingOver { return .over }
        if input.isEmpty {
            journal?.idle(consumed: socket.consumedTotal, written: socket.writtenTotal)
            socket.setReadLimit(nanoseconds: limits.idle.nanosecondsClamped)
        } else if !isHeadTimed {
            isHeadTimed = true
            socket.setReadLimit(nanoseconds: limits.headDeadline.nanosecondsClamped)
        }
        return .pending
    }

    /// Waits for what was missing, be it that the previous answer leaves or that something comes.
    /// - Returns: false when a limit has passed: the connection is over.
    public func waitForRequest() async -> Bool {
        if hasAnswerToSend {
            await socket.waitWritten(downTo: 0, despitePeerGone: true)
            return true
        }
        return await socket.waitReadable() != .timedOut
    }

    /// Also while the client has ended its side: it may read on, and what follows an answer begins when that is out.
    private var hasAnswerToSend: Bool { !socket.output.isEmpty && !socket.isBroken }

    /// The body of the request in hand, whole; empty if it has none. Sends `100 Continue` if the client waits for it.
    public func readBody(sizeMaxBytes: Int) async throws(BodyError) -> [UInt8] {
        guard phase == .received else { return [] }
        var body: [UInt8] = []
        while try await readMore(of: &body, sizeMaxBytes: sizeMaxBytes) {}
        return body
    }

    /// One step of `readBody`, for a caller that counts what it holds while a body grows: `body`, empty at first, gets what there is,
    /// and with a later step at most `directReadMaxBytes`.
    /// - Returns: false when the body is whole.
    public func readMore(of body: inout [UInt8], sizeMaxBytes: Int) async throws(BodyError) -> Bool {
        switch phase {
        case .received: body = try beginBody(sizeMaxBytes: sizeMaxBytes)
        case .reading where !decoder.isComplete:
            if request.awaitsContinue { sendContinue(bodyHasBegun: !body.isEmpty) }
            try await waitForBody(atMost: limits.bodyStall)
            try receiveBodyBytes(into: &body)
        case .idle, .reading, .streaming, .over: return false
        }
        guard body.count <= sizeMaxBytes else { throw fail(.tooLarge) }
        if decoder.isComplete { socket.clearReadLimit() }
        return !decoder.isComplete
    }

    /// Reads the body of the request in hand to its end and keeps nothing of it. All of it has `ServerLimits.bodyStall`, however
    /// steadily it comes: nobody waits for what it says.
    public func discardBody(sizeMaxBytes: Int) async throws(BodyError) {
        guard phase == .received else { return }
        var count = try beginBody(sizeMaxBytes: sizeMaxBytes).count
        if !decoder.isComplete { socket.setReadLimit(nanoseconds: limits.bodyStall.nanosecondsClamped) }
        while !decoder.isComplete {
            guard count <= sizeMaxBytes else { throw fail(.tooLarge) }
            if request.awaitsContinue { sendContinue(bodyHasBegun: count > 0) }
            try await waitForBody()
            var part: [UInt8] = []
            try receiveBodyBytes(into: &part)
            count += part.count
        }
        socket.clearReadLimit()
        guard count <= sizeMaxBytes else { throw fail(.tooLarge) }
    }

    /// The same without waiting, for a body that has come together with its head, as most have. nil, and nothing has happened,
    /// if there may be more of it to come.
    public func bodyAtHand(sizeMaxBytes: Int) throws(BodyError) -> [UInt8]? {
        guard phase == .received else { return [] }
        let length = decoder.isComplete ? 0 : request.bodyLength ?? .max
        guard input.count - inputStart - headByteCount >= length else { return nil }
        return try beginBody(sizeMaxBytes: sizeMaxBytes)
    }

    /// What of the body has come already.
    private func beginBody(sizeMaxBytes: Int) throws(BodyError) -> [UInt8] {
        dropHead()
        var body: [UInt8] = []
        if decoder.isComplete { return body }
        if let length = request.bodyLength {
            guard length <= sizeMaxBytes else { throw fail(.tooLarge) }
            body.reserveCapacity(min(length, Self.bodyReservedMaxBytes))
        }
        try decodeBuffered(into: &body)
        return body
    }

    /// Memory asked for on the strength of a client's `Content-Length` alone.
    static let bodyReservedMaxBytes = 1 << 20

    /// So much at most is read while a head is waited for: what comes with it of a body is copied twice, the rest not at all.
    static let headReadMaxBytes = 16 << 10

    /// So much of a body at least is read to where it stays. Room for as much at most is made before it comes.
    static let directReadMinBytes = 16 << 10
    static let directReadMaxBytes = 256 << 10

    // MARK: Head

    @inline(never) private func parseHead() throws(HTTPRefusal) -> HTTPRequestHead? {
        let parsed: (head: HTTPRequestHead, byteCount: Int)?
        do {
            parsed = try input.withUnsafeBufferPointer { (bytes) throws(HTTPRefusal) in
                try parser.parse(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[inputStart...]))
            }
        } catch {
            mustClose = true
            socket.clearReadLimit()
            throw error
        }
        guard let (head, byteCount) = parsed else { return nil }
        parser.reset()
        socket.clearReadLimit()
        begin(head, byteCount)
        return head
    }

    private func begin(_ head: HTTPRequestHead, _ byteCount: Int) {
        phase = .received
        isHeadTimed = false
        headByteCount = byteCount
        requestCount += 1
        request = RequestFacts(
            isHead: head.method == .head, minorVersion: head.minorVersion, keepAlive: head.keepAlive,
            awaitsContinue: head.expectsContinue)
        if case .length(let count) = head.framing { request.bodyLength = count }
        decoder = BodyDecoder(framing: head.framing, limits: limits.http)
        socket.endsAnswer = false
        journal?.began(
            consumed: socket.consumedTotal &- UInt64(input.count - inputStart), written: socket.writtenTotal)
    }

    /// One read into the buffer. False at the end of the connection.
    @inline(never) private func receiveHeadBytes() -> Bool {
        if input.isEmpty { journal?.began(consumed: socket.consumedTotal, written: socket.writtenTotal) }
        switch socket.receive(sizeMaxBytes: Self.headReadMaxBytes) {
        case .bytes(let bytes):
            input.append(contentsOf: bytes)
            return true
        case .wouldBlock: return true
        case .end: return false
        }
    }

    private func dropHead() {
        phase = .reading
        consumeInput(headByteCount)
        headByteCount = 0
    }

    func consumeInput(_ count: Int) {
        inputStart += count
        if inputStart == input.count {
            input = []
            inputStart = 0
        }
    }

    // MARK: Body

    func decodeBuffered(into body: inout [UInt8]) throws(BodyError) {
        guard !input.isEmpty else { return }
        do {
            let used = try input.withUnsafeBufferPointer { (bytes) throws(HTTPRefusal) in
                try decoder.decode(
                    UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[inputStart...]), into: &body)
            }
            consumeInput(used)
        } catch {
            throw fail(.refused(error))
        }
    }

    /// Returns when there may be more of the body.
    /// - Parameter limit: nil where one runs for the whole body.
    private func waitForBody(atMost limit: Duration? = nil) async throws(BodyError) {
        if isReceivingOver { throw fail(.stalled) }
        guard !socket.mayRead else { return }
        if let limit { socket.setReadLimit(nanoseconds: limit.nanosecondsClamped) }
        if await socket.waitReadable() == .timedOut { throw fail(.stalled) }
    }

    /// One read.
    private func receiveBodyBytes(into body: inout [UInt8]) throws(BodyError) {
        let plain = min(decoder.plainByteCount, Self.directReadMaxBytes)
        if plain >= Self.directReadMinBytes {
            switch socket.receive(appendingTo: &body, sizeMaxBytes: plain) {
            case .bytes(let bytes): decoder.noteTaken(bytes.count)
            case .wouldBlock: return
            case .end: throw fail(.peerGone)
            }
            return
        }
        switch socket.receive() {
        case .bytes(let bytes):
            do {
                let used = try decoder.decode(bytes, into: &body)
                // What follows the body belongs to the next request.
                if used < bytes.count { input = [UInt8](bytes[used...]) }
            } catch {
                throw fail(.refused(error))
            }
        case .wouldBlock: return
        case .end: throw fail(.peerGone)
        }
    }

    /// RFC 9110 section 10.1.1: not once some of the body has come anyway.
    private func sendContinue(bodyHasBegun: Bool) {
        request.awaitsContinue = false
        guard !bodyHasBegun, input.isEmpty else { return }
        let line: StaticString = "HTTP/1.1 100 Continue\r\n\r\n"
        let bytes = UnsafeRawBufferPointer(start: line.utf8Start, count: line.utf8CodeUnitCount)
        journal?.began(
            consumed: socket.consumedTotal &- UInt64(input.count - inputStart),
            written: socket.writtenTotal &+ UInt64(bytes.count))
        socket.output.append(contentsOf: bytes)
        socket.send()
    }

    private func fail(_ error: BodyError) -> BodyError {
        mustClose = true
        socket.clearReadLimit()
        return error
    }
}
