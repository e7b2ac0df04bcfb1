import Glibc
import IPC
import Platform

/// The supervisor's end of the channel to the tunnel's keeper, be it one that this supervisor has started or one that it has found.
final class KeeperLink {
    /// The keeper told of its program.
    var onState: ((TunnelState) -> Void)?
    /// The keeper is gone, and so is its program. Not called after `close`.
    var onLost: (() -> Void)?
    /// Of a keeper that is a child of this process.
    var pid: pid_t? { keeper?.exitStatus == nil ? keeper?.pid : nil }
    /// For whoever keeps the channel over a restart.
    var rawDescriptor: CInt { channel?.rawDescriptor ?? -1 }

    private var channel: Channel?
    private var keeper: ChildProcess?
    /// The program, for the case that its keeper dies and leaves it behind.
    private var program: ForeignProcess?
    private var killTimer: LoopTimer?

    /// Starts a keeper.
    init(environment: [String]) throws {
        let ourselves = try ExecutableFile.open("/proc/self/exe")
        let pair = try SocketIO.pair(.sequencedPackets)
        let keeper = try ChildProcess.spawn(
            ourselves.raw, arguments: ["antigravity-supervisor", KeeperMain.argument], environment: environment,
            descriptors: [(pair.second.raw, KeeperMain.channelDescriptor)], newSession: true)
        // Held until the process is reaped, whatever becomes of this link.
        keeper.onExit = { _ in withExtendedLifetime(keeper) {} }
        self.keeper = keeper
        try open(pair.first)
    }

    /// Takes over the channel of a keeper that another supervisor has started.
    init(adopting socket: consuming FileDescriptor) throws(IPCError) { try open(socket) }

    private func open(_ socket: consuming FileDescriptor) throws(IPCError) {
        channel = try Channel(
            socket, onMessage: { [unowned self] in receive($0) }, onEnd: { [unowned self] in lost() })
    }

    /// - Throws: if the keeper is gone, which `onLost` tells as well.
    func send(_ message: some IPCMessage) throws(IPCError) {
        guard let channel else { throw .peerGone }
        try channel.send(message)
    }

    /// Lets the keeper go: it ends what it still has, and itself.
    func close() {
        (onState, onLost) = (nil, nil)
        channel?.close()
        channel = nil
    }

    private func receive(_ message: IncomingMessage) {
        do throws(IPCError) {
            let state = try message.decode(TunnelState.self)
            program = nil
            if state.phase == .running, let pidfd = message.takeDescriptor() { program = ForeignProcess(pidfd) }
            onState?(state)
        } catch {
            Log.error("tunnel-message", "the tunnel's keeper sent what is not understood", ["reason": "\(error)"])
        }
    }

    /// The kernel has sent the program a SIGTERM when its keeper died; what it does not heed in time it feels.
    private func lost() {
        channel = nil
        guard let program else { return reportLost() }
        do throws(SystemError) {
            try program.whenEnded { [self] in
                killTimer?.cancel()
                reportLost()
            }
            let timer = LoopTimer { program.kill(SIGKILL) }
            timer.set(after: CloudflaredCommand.killGrace)
            killTimer = timer
        } catch {
            program.kill(SIGKILL)
            reportLost()
        }
    }

    private func reportLost() {
        program = nil
        let onLost = onLost
        (onState, self.onLost) = (nil, nil)
        onLost?()
    }
}
