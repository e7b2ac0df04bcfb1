import Glibc
import IPC
import Platform

/// The process between the supervisor and cloudflared. It has one child and one channel, and outlives the supervisor for as long
/// as somebody keeps the other end of the channel open: the next supervisor finds the tunnel as it is. When that end is
/// closed, the tunnel ends, and then the keeper.
///
/// It decides nothing: when to start, and whether to start again, is the supervisor's business.
final class TunnelKeeper {
    /// How long the child may take to end once the channel has: longer than the time cloudflared gives its own requests.
    static let lastGrace = Duration.seconds(12)

    private var channel: Channel?
    private var child: ChildProcess?
    private var outputs: [ChildOutput] = []
    private var log = TunnelLog(isNamed: false)
    private var state = TunnelState(phase: .idle, facts: TunnelFacts(isNamed: false, metricsPort: 0, restarts: 0))
    private var killTimer: LoopTimer?
    /// When the child will be killed; nil while nobody wants its end.
    private var killAt: MonotonicInstant?

    /// - Parameter channel: one end of a `SOCK_SEQPACKET` pair.
    init(channel: consuming FileDescriptor) throws(IPCError) {
        killTimer = LoopTimer { [unowned self] in
            guard let child else { return }
            // With everything it has started, which is in its session.
            _ = kill(-child.pid, SIGKILL)
            child.kill(SIGKILL)
        }
        self.channel = try Channel(
            channel, onMessage: { [unowned self] in receive($0) }, onEnd: { [unowned self] in channelEnded() })
    }

    private func receive(_ message: IncomingMessage) {
        do throws(IPCError) {
            switch message.kind {
            case .tunnelRun: run(try message.decode())
            case .tunnelEnd: end(try message.decode())
            case .tunnelAsk: tell()
            default: throw .wrongKind(expected: .tunnelRun, found: message.kind.rawValue)
            }
        } catch {
            Log.error(
                "keeper-message", "the supervisor sent what the keeper does not understand", ["reason": "\(error)"])
        }
    }

    // MARK: The child

    private func run(_ run: TunnelRun) {
        guard child == nil else { return tell() }
        log = TunnelLog(isNamed: run.facts.isNamed)
        state = TunnelState(phase: .running, startedAtUnixSeconds: Int64(WallClock.unixSeconds), facts: run.facts)
        killAt = nil
        do throws(SystemError) {
            try start(run)
        } catch {
            outputs = []
            state.phase = .failed
            state.failure = UInt32(clamping: error.errno)
        }
        tell()
    }

    private func start(_ run: TunnelRun) throws(SystemError) {
        let null = open("/dev/null", O_RDONLY | O_CLOEXEC)
        guard null >= 0 else { throw SystemError(call: "open", errno: errno) }
        let input = FileDescriptor(owning: null)
        let output = try ChildOutput { [unowned self] in read($0, .output) }
        let error = try ChildOutput { [unowned self] in read($0, .error) }
        let child = try ChildProcess.spawn(
            .path(run.path), arguments: run.arguments, environment: run.environment.map(\.value),
            descriptors: [(input.raw, 0), (output.childEnd, 1), (error.childEnd, 2)], newSession: true,
            deathSignal: SIGTERM)
        self.child = child
        child.onExit = { [unowned self] in childEnded($0) }
        outputs = [output, error]
        state.pid = UInt32(child.pid)
        Log.info("tunnel-process", "cloudflared was started", ["pid": child.pid])
        try output.begin()
        try error.begin()
    }

    private func read(_ bytes: [UInt8], _ stream: TunnelLog.Stream) {
        log.feed(bytes, from: stream)
        guard log.address != state.address else { return }
        state.address = log.address
        tell()
    }

    private func end(_ end: TunnelEnd) {
        guard child != nil else { return tell() }
        self.end(within: .milliseconds(Int64(end.graceMilliseconds)))
    }

    /// One SIGTERM: a second one would make cloudflared drop its requests.
    private func end(within grace: Duration) {
        if killAt == nil { child?.kill(SIGTERM) }
        let wanted = MonotonicInstant.now + grace
        guard killAt.map({ wanted < $0 }) ?? true else { return }
        killAt = wanted
        killTimer?.set(after: grace)
    }

    private func childEnded(_ status: ExitStatus) {
        killTimer?.cancel()
        for output in outputs { output.finish() }
        log.finish()
        outputs = []
        child = nil
        state.phase = .ended
        state.pid = 0
        state.lastLines = log.lastLines
        state.ending =
            switch status {
            case .exited(let code): TunnelState.Ending(isSignal: false, number: UInt8(truncatingIfNeeded: code))
            case .signaled(let number): TunnelState.Ending(isSignal: true, number: UInt8(truncatingIfNeeded: number))
            }
        Log.info("tunnel-process-ended", "cloudflared has ended", ["status": "\(status)"])
        tell()
        if channel == nil { EventLoop.stop() }
    }

    // MARK: The supervisor

    private func tell() {
        // A duplicate: the child may end before this turn does. Without one the state is told all the same.
        var parcel: DescriptorParcel?
        if let child, let pidfd = try? child.pidfd.duplicate() { parcel = DescriptorParcel(pidfd) }
        // A supervisor that is gone is told nothing; the next one asks.
        try? channel?.send(state, descriptors: parcel)
    }

    private func channelEnded() {
        channel = nil
        guard child != nil else { return EventLoop.stop() }
        end(within: Self.lastGrace)
    }
}
