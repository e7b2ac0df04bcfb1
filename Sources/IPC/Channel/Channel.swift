import Platform

/// One end of the channel between the supervisor and a worker.
///
/// Messages of a loop turn leave in one frame at its end. What the peer does not take yet waits, bounded. Messages are
/// delivered from the loop's dispatch, before any client's event of the same turn: a receiver notes, resumes and sends, and
/// does not wait. Lives on the event loop.
@MainActor public final class Channel {
    /// Frames that are read in one go; more wait for the next turn, so that a talkative peer does not starve the rest.
    static let framesPerTurnMax = 256
    /// When to try again what the kernel refused because too many descriptors are on their way (`ETOOMANYREFS`): no event
    /// tells when that has passed.
    static let descriptorRetry = Duration.milliseconds(10)

    /// Messages of a kind or major that this build does not know.
    public private(set) var skippedMessages = 0
    /// Why the channel ended, if not by the peer's leaving.
    public private(set) var failure: IPCError?
    /// The peer has gone, or `close()` was called.
    public private(set) var isOver = false

    /// Called when everything queued has left, at the end of a turn or later: how the sender of a snapshot learns that it
    /// stands in the peer's channel.
    public var onEmpty: (() -> Void)?

    private let socket: FileDescriptor
    private let onMessage: (IncomingMessage) -> Void
    private let onEnd: () -> Void
    private var queue = OutgoingQueue()
    private let known = KnownAccounts()
    private var watch: DescriptorWatch?
    private var retryTimer: LoopTimer?
    private var isFlushPlanned = false
    private var isBlocked = false
    /// Writing failed: the peer has gone, but what it sent before may still be read.
    private var isPeerDeaf = false

    /// - Parameter socket: one of a `SOCK_SEQPACKET` pair, non-blocking.
    /// - Parameter onEnd: called once, after everything the peer sent was delivered; not after `close()`.
    public init(
        _ socket: consuming FileDescriptor, onMessage: @escaping (IncomingMessage) -> Void,
        onEnd: @escaping () -> Void
    ) throws(IPCError) {
        self.socket = socket
        self.onMessage = onMessage
        self.onEnd = onEnd
        do {
            watch = try DescriptorWatch(self.socket.raw, interest: .readable, mode: .edge, priority: .first) {
                [unowned self] readiness in handle(readiness)
            }
        } catch {
            throw .system(errno: error.errno)
        }
        retryTimer = LoopTimer { [unowned self] in flush() }
    }

    /// Bytes that wait for the peer, memfd bodies included.
    public var queuedBytes: Int { queue.queuedBytes }
    /// At the limit: stop taking on work that would need more room.
    public var isFull: Bool { queue.queuedBytes >= IPCLimits.queueSizeMaxBytes }
    /// Log records that were dropped because the queue was full.
    public var droppedRecords: Int { queue.droppedRecords }
    /// The number of the socket, for the supervisor to store it elsewhere. Stays owned by the channel.
    public var rawDescriptor: CInt { socket.raw }

    /// Queues a message; it leaves at the end of this turn.
    ///
    /// - Parameter descriptors: leave with it, in the order of its fields. Owned ones are closed when they have left.
    /// - Throws: `.peerGone`, `.queueFull` and what stands at `OutgoingQueue.append`; the parcel stays the caller's then.
    public func send(_ message: some IPCMessage, descriptors: DescriptorParcel? = nil) throws(IPCError) {
        guard !isOver, !isPeerDeaf else { throw .peerGone }
        try queue.append(message, descriptors: descriptors)
        guard !isFlushPlanned, !isBlocked else { return }
        isFlushPlanned = true
        EventLoop.atEndOfTurn { [self] in
            isFlushPlanned = false
            flush()
        }
    }

    /// Sends what is queued at once, as far as the kernel takes it: for a last word before the process ends.
    public func flush() {
        while !isOver, !isPeerDeaf, let frame = queue.first {
            do {
                guard case .bytes = try send(frame) else {
                    return waitForRoom(hasDescriptors: frame.descriptorCount > 0)
                }
                queue.removeFirst()
            } catch  where error.isTransientShortage {
                return waitForRoom(hasDescriptors: true)
            } catch {
                isPeerDeaf = true
                queue.removeAll()
            }
        }
        stopWaiting()
        if !isOver, !isPeerDeaf { onEmpty?() }
    }

    /// Ends the channel from this side; what is queued is lost, `onEnd` is not called.
    public func close() {
        guard !isOver else { return }
        isOver = true
        watch?.cancel()
        watch = nil
        retryTimer?.cancel()
        queue.removeAll()
        // The descriptor closes with this object; the peer reads the end at once.
        SocketIO.shutdownBoth(socket.raw)
    }

    private func send(_ frame: OutgoingFrame) throws(SystemError) -> IOResult {
        let raws = frame.descriptorCount == 0 ? [] : frame.parcels.flatMap(\.raws)
        return try frame.writer.withBytes { bytes throws(SystemError) in
            try SocketIO.sendMessage(socket.raw, pieces: [bytes], descriptors: raws)
        }
    }

    private func waitForRoom(hasDescriptors: Bool) {
        // The first report after `update` says what is true now; a second refusal in spite of room is about descriptors.
        if isBlocked, hasDescriptors { retryTimer?.set(after: Self.descriptorRetry) }
        guard !isBlocked else { return }
        isBlocked = true
        setInterest([.readable, .writable])
    }

    private func stopWaiting() {
        guard isBlocked else { return }
        isBlocked = false
        retryTimer?.cancel()
        setInterest(.readable)
    }

    private func setInterest(_ interest: Readiness) {
        do { try watch?.update(interest: interest) } catch { end(.system(errno: error.errno)) }
    }

    private func handle(_ readiness: Readiness) {
        if readiness.contains(.writable) { flush() }
        if !readiness.isDisjoint(with: [.readable, .hangup, .error]) { receive() }
    }

    private func receive() {
        for _ in 0..<Self.framesPerTurnMax {
            guard !isOver else { return }
            var descriptors: [CInt] = []
            do {
                switch try SocketIO.receiveMessage(socket.raw, into: Self.buffer, descriptors: &descriptors) {
                case .wouldBlock: return
                case .end: return end(nil)
                case .bytes(let count):
                    let frame = [UInt8](UnsafeRawBufferPointer(rebasing: Self.buffer[..<count]))
                    try FrameDecoder.decode(
                        frame, descriptors: descriptors, known: known, onSkipped: { skippedMessages += 1 },
                        deliver: { if !isOver { onMessage($0) } })
                }
            } catch let error as SystemError {
                // A peer that closed with unread frames leaves an error in front of what it sent before: read on.
                if error.isBrokenPeer { continue }
                return end(.system(errno: error.errno))
            } catch let error as IPCError {
                return end(error)
            } catch {
                return end(nil)
            }
        }
        setInterest(isBlocked ? [.readable, .writable] : .readable)
    }

    private func end(_ failure: IPCError?) {
        guard !isOver else { return }
        self.failure = failure
        close()
        onEnd()
    }

    /// One for all channels of the process: a frame is cut out of it before the next is read.
    private static let buffer = UnsafeMutableRawBufferPointer.allocate(
        byteCount: IPCLimits.frameSizeMaxBytes, alignment: 16)
}
