import Platform

/// A client's socket on the loop: tries first, waits only when the kernel has nothing or takes nothing, notices when the
/// client goes, and keeps the two limits on waiting.
///
/// It enters the epoll set when somebody first has to wait for it or asks to be told about the client's end. So a connection
/// that is accepted, read and handed to another process in one turn never does.
@MainActor final class ConnectionSocket: TurnSender {
    /// Why a wait ended.
    enum Wake { case ready, timedOut, interrupted }
    /// What came of an attempt to read.
    enum Received { case bytes(UnsafeRawBufferPointer), wouldBlock, end }

    let raw: CInt
    private(set) var consumedTotal: UInt64
    private(set) var writtenTotal: UInt64
    /// The kernel may have something to read: a message of the loop has not been answered by "would block" yet.
    private(set) var mayRead = true
    /// The client has ended its side, or nothing can be written to it any more.
    private(set) var isPeerGone = false
    /// Nothing can be written any more; what was queued is lost.
    private(set) var isBroken = false
    var output = OutputQueue()
    /// What `output` ends with is the end of an answer.
    var endsAnswer = false
    var journal: (any ConnectionJournal)?
    var onPeerGone: (@MainActor () -> Void)? {
        didSet { if onPeerGone != nil { watchPeer() } }
    }

    private var descriptor: FileDescriptor?
    private var watch: DescriptorWatch?
    private var asksForWritable = false
    /// What is queued leaves at the end of the turn.
    private var isHeld = false
    private var readWaiter: UnsafeContinuation<Void, Never>?
    private var writeWaiter: UnsafeContinuation<Void, Never>?
    private var readTimer: LoopTimer?
    private var writeTimer: LoopTimer?
    private var hasReadTimedOut = false
    private var hasBeenInterrupted = false
    private let writeStall: UInt64
    /// How much may stay queued for the one who waits to write.
    private var writeGoal = 0
    private var completeBoundary: UInt64
    private var announcedBoundary: UInt64

    init(_ socket: consuming FileDescriptor, consumedTotal: UInt64, writtenTotal: UInt64, writeStall: Duration) {
        raw = socket.raw
        descriptor = consume socket
        self.consumedTotal = consumedTotal
        self.writtenTotal = writtenTotal
        self.writeStall = writeStall.nanosecondsClamped
        completeBoundary = writtenTotal
        announcedBoundary = writtenTotal
    }

    isolated deinit { watch?.cancel() }  // before the descriptor closes: a duplicate may live on

    // MARK: Reading

    /// One read. The bytes are valid until the next suspension.
    /// - Parameter sizeMaxBytes: no more than the shared buffer takes.
    func receive(sizeMaxBytes: Int = ReceiveBuffer.shared.count) -> Received {
        receive(into: UnsafeMutableRawBufferPointer(rebasing: ReceiveBuffer.shared[..<sizeMaxBytes]))
    }

    /// One read of at most `sizeMaxBytes` to the end of `body`, without a buffer in between.
    func receive(appendingTo body: inout [UInt8], sizeMaxBytes: Int) -> Received {
        var received = Received.wouldBlock
        body.append(addingCapacity: sizeMaxBytes) { span in
            span.withUnsafeMutableBufferPointer { room, count in
                received = receive(into: UnsafeMutableRawBufferPointer(start: room.baseAddress, count: sizeMaxBytes))
                if case .bytes(let bytes) = received { count = bytes.count }
            }
        }
        return received
    }

    private func receive(into buffer: UnsafeMutableRawBufferPointer) -> Received {
        guard descriptor != nil else { return .end }  // its number may be somebody else's by now
        do {
            switch try SocketIO.receive(raw, into: buffer) {
            case .bytes(let count):
                consumedTotal &+= UInt64(count)
                // A short read has emptied the socket; the loop tells when more comes.
                if count < buffer.count { mayRead = isPeerGone }
                return .bytes(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            case .wouldBlock:
                mayRead = false
                return .wouldBlock
            case .end:
                mayRead = false
                notePeerGone()
                return .end
            }
        } catch {
            breakOff()
            return .end
        }
    }

    /// Limits the waits that follow. Setting it again moves the limit.
    func setReadLimit(nanoseconds: UInt64) {
        hasReadTimedOut = false
        if readTimer == nil { readTimer = LoopTimer { [unowned(unsafe) self] in readLimitPassed() } }
        readTimer?.set(afterNanoseconds: nanoseconds)
    }

    func clearReadLimit() { readTimer?.cancel() }

    func waitReadable() async -> Wake {
        if !mayRead, !isPeerGone, !hasReadTimedOut, !hasBeenInterrupted, watchPeer() {
            await withUnsafeContinuation { readWaiter = $0 }
        }
        if mayRead || isPeerGone { return .ready }
        if hasBeenInterrupted {
            hasBeenInterrupted = false
            return .interrupted
        }
        return .timedOut
    }

    /// Ends a wait for reading that is under way.
    func interruptWait() {
        guard readWaiter != nil else { return }
        hasBeenInterrupted = true
        resumeReader()
    }

    // MARK: Writing

    /// One attempt to send what is queued.
    func send() {
        guard !output.isEmpty, !isBroken else { return }
        announce()
        do {
            let result = try output.withBytes { (bytes) throws(SystemError) in try SocketIO.send(raw, bytes) }
            if case .bytes(let count) = result { noteSent(count) }
            if !output.isEmpty { waitForRoom() }
        } catch {
            breakOff()
        }
    }

    /// Sends what is queued now or, in a busy turn, at its end. Until then it counts as queued, so that nothing overtakes it.
    func sendInTurn() {
        guard !output.isEmpty, !isBroken else { return }
        if TurnSends.holds(self) { isHeld = true } else { send() }
    }

    func sendHeld() {
        isHeld = false
        send()
        if output.count <= writeGoal { resumeWriter() }
    }

    /// Queues and sends `body` behind what is queued, without copying what the kernel takes at once.
    func send(_ body: [UInt8]) {
        guard !isBroken else { return }
        do {
            let queued = output.count
            announce(additional: body.count)
            let result = try output.withBytes { (bytes) throws(SystemError) in
                try body.withUnsafeBufferPointer { (more) throws(SystemError) in
                    try SocketIO.sendMessage(raw, bytes, UnsafeRawBufferPointer(more))
                }
            }
            var count = 0
            if case .bytes(let sent) = result { count = sent }
            let taken = max(0, count - queued)
            body.withUnsafeBytes { output.append(contentsOf: UnsafeRawBufferPointer(rebasing: $0[taken...])) }
            writtenTotal &+= UInt64(taken)
            noteSent(count - taken)
            if !output.isEmpty { waitForRoom() }
        } catch {
            breakOff()
        }
    }

    /// Sends, then waits until at most `goal` bytes are queued, the client is gone, or nothing can be written any more.
    /// - Parameter despitePeerGone: goes on although the client has ended its side; it may still read.
    func waitWritten(downTo goal: Int, despitePeerGone: Bool = false) async {
        if !isHeld { send() }
        while output.count > goal, !isBroken, despitePeerGone || !isPeerGone {
            writeGoal = goal
            await withUnsafeContinuation { writeWaiter = $0 }
        }
    }

    // MARK: The end

    /// Puts the socket under the loop's eyes. False if that failed: then it counts as broken.
    @discardableResult func watchPeer() -> Bool {
        guard watch == nil, descriptor != nil else { return true }
        watch = try? DescriptorWatch(
            raw, interest: interest, mode: .edge, handler: { [unowned(unsafe) self] in handle($0) })
        if watch == nil { breakOff() }  // out of memory or of watches: this connection cannot be served
        // Entering the epoll set reports what is there already, so nothing is missed by waiting for that report.
        if !isPeerGone { mayRead = false }
        return watch != nil
    }

    /// Leaves the loop and gives the socket away. Nothing may be queued.
    func release() -> FileDescriptor? {
        readTimer?.cancel()
        writeTimer?.cancel()
        watch?.cancel()
        watch = nil
        isBroken = true
        mayRead = false
        return descriptor.take()
    }

    /// Ends the connection for good, whoever else holds a duplicate.
    /// - Parameter hasEnded: both sides have ended already; nothing is left to shut down.
    func finish(aborting: Bool = false, hasEnded: Bool = false) {
        guard descriptor != nil else { return }
        if aborting { SocketIO.abort(raw) } else if !hasEnded { SocketIO.shutdownBoth(raw) }
        output.removeAll()
        _ = release()
        isPeerGone = true
        resumeReader()
        resumeWriter()
    }

    // MARK: What the loop tells

    private var interest: Readiness {
        asksForWritable ? [.readable, .peerClosed, .writable] : [.readable, .peerClosed]
    }

    private func handle(_ readiness: Readiness) {
        if readiness.contains(.writable), !output.isEmpty {
            send()
            if output.count <= writeGoal { resumeWriter() }
        }
        if !readiness.isDisjoint(with: [.hangup, .error]) { return breakOff() }
        if readiness.contains(.peerClosed) {
            mayRead = true
            notePeerGone()
        } else if readiness.contains(.readable) {
            mayRead = true
            resumeReader()
        }
    }

    private func noteSent(_ count: Int) {
        writtenTotal &+= UInt64(count)
        output.drop(count)
        if output.isEmpty {
            writeTimer?.cancel()
        } else if count > 0 {
            writeTimer?.set(afterNanoseconds: writeStall)
        }
    }

    private func announce(additional: Int = 0) {
        guard let journal else { return }
        if writtenTotal >= announcedBoundary { completeBoundary = writtenTotal }
        announcedBoundary = writtenTotal &+ UInt64(output.count + additional)
        journal.willWrite(complete: completeBoundary, boundary: announcedBoundary, isLast: endsAnswer)
    }

    /// The kernel has taken less than there was: have the loop tell when there is room.
    private func waitForRoom() {
        if writeTimer == nil { writeTimer = LoopTimer { [unowned(unsafe) self] in breakOff() } }
        if writeTimer?.isSet == false { writeTimer?.set(afterNanoseconds: writeStall) }
        guard !asksForWritable else { return }
        asksForWritable = true
        if let watch {
            do { try watch.update(interest: interest) } catch { breakOff() }
        } else {
            watchPeer()
        }
    }

    private func readLimitPassed() {
        hasReadTimedOut = true
        resumeReader()
    }

    private func breakOff() {
        isBroken = true
        output.removeAll()
        writeTimer?.cancel()
        mayRead = false
        notePeerGone()
    }

    private func notePeerGone() {
        let isNew = !isPeerGone
        isPeerGone = true
        resumeReader()
        resumeWriter()
        if isNew { onPeerGone?() }
    }

    private func resumeReader() {
        guard let waiter = readWaiter else { return }
        readWaiter = nil
        waiter.resume()
    }

    private func resumeWriter() {
        guard let waiter = writeWaiter else { return }
        writeWaiter = nil
        waiter.resume()
    }
}
