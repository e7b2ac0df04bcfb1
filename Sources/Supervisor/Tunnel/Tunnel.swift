import Glibc
import IPC
import Platform

/// The Cloudflare tunnel: what the operator wants of it, the keeper that holds its process, and what is known of both.
final class Tunnel {
    /// What it needs of the rest of the supervisor.
    struct Surroundings {
        let config: ConfigStore
        let folder: TunnelFolder
        let finder: CloudflaredFinder
        /// What children may get of ours; each gets a part of it.
        let environment: [String: String]
        let keeperEnvironment: [String]
        /// Where the gateway listens.
        var port: () -> Int
    }

    /// From the wish for a process to the keeper's word on it.
    static let spawnLimit = Duration.seconds(5)
    /// From the question to a keeper that was found to its answer.
    static let adoptionLimit = Duration.seconds(1)
    /// When this process ends and nobody keeps the channel: its requests are over by then.
    static let lastGrace = Duration.seconds(3)

    /// Keeps the channel to the keeper where the next supervisor finds it, or forgets it again; nil: nobody keeps it, and the
    /// tunnel ends with this process.
    var store: ((CInt) -> Void)?
    var forget: (() -> Void)?

    let around: Surroundings
    private let turnstile = Turnstile()
    var lifecycle = TunnelLifecycle()
    var link: KeeperLink?
    /// What the process now running, or the last one, was started for.
    private(set) var wish = TunnelWish()
    /// The keeper's last word.
    var process: TunnelState?
    /// The name that cloudflared gives at its metrics address.
    var hostname: String?
    var failureText: String?
    var retryAtUnixSeconds: Int?
    /// Whether the document wanted a tunnel when it was last looked at.
    private var wasEnabled = false
    var isStopping = false
    var backoffTimer: LoopTimer?
    var watch: TunnelWatch?
    let changes = Changes()

    init(_ around: Surroundings) {
        self.around = around
        wasEnabled = around.config.current.tunnel.isEnabled == true
        backoffTimer = LoopTimer { [unowned self] in handle(.backoffElapsed) }
        watch = TunnelWatch(
            port: { [unowned self] in process?.phase == .running ? process?.facts.metricsPort : nil },
            found: { [unowned self] in watched(connections: $0, hostname: $1) })
    }

    // MARK: What the operator asks for

    /// Starts a tunnel unless one runs; returns when its process runs, before its address is known.
    func start(_ wish: TunnelWish) async throws(TunnelError) {
        try await turnstile.pass { () async throws(TunnelError) in
            guard !isStopping else { throw .stopping }
            guard !lifecycle.isRunning else { return }
            guard !around.config.current.apiKey.isEmpty else { throw .noKey }
            guard await find() != nil else { throw .notInstalled }
            try await remember(wish, isEnabled: true)
            do throws(TunnelError) {
                try await launch(wish)
            } catch {
                try await remember(nil, isEnabled: false)
                throw error
            }
        }
    }

    /// Ends the tunnel; returns when its process has ended.
    func stop() async throws(TunnelError) {
        try await turnstile.pass { () async throws(TunnelError) in
            await end()
            try await remember(nil, isEnabled: false)
        }
    }

    /// The stored wish for a tunnel may have changed: one that is now wanted is started, one that is not wanted is stopped. A document
    /// that does not speak of tunnels leaves a running one alone. Another mode or token counts from the next start on.
    func configurationChanged() {
        let isWanted = around.config.current.tunnel.isEnabled
        let (starts, stops) = (isWanted == true && !wasEnabled, isWanted == false && lifecycle.isOpen)
        wasEnabled = isWanted == true
        guard starts || stops, !isStopping else { return }
        Task {
            do throws(TunnelError) {
                if starts { try await startAsStored() } else { try await stop() }
            } catch {
                Log.error("tunnel-not-changed", "the tunnel could not follow the configuration", ["reason": "\(error)"])
            }
        }
    }

    /// Puts the wish into the document and the gate into force, before any request can come through.
    private func remember(_ wish: TunnelWish?, isEnabled: Bool) async throws(TunnelError) {
        let config = around.config
        if isEnabled { await config.setTunnelOpen(true) }
        guard isEnabled || config.current.tunnel.isEnabled == true else { return }
        wasEnabled = isEnabled
        do throws(ConfigChangeError) {
            try await config.rememberTunnel(wish?.document(port: around.port()), isEnabled: isEnabled)
        } catch {
            wasEnabled = config.current.tunnel.isEnabled == true
            await config.setTunnelOpen(lifecycle.isOpen)
            throw .config(error)
        }
    }

    private func startAsStored() async throws(TunnelError) {
        try await turnstile.pass { () async throws(TunnelError) in
            guard !lifecycle.isRunning, !isStopping else { return }
            await around.config.setTunnelOpen(true)
            try await launch(around.config.current.tunnel.wish)
        }
    }

    /// Starts the first process of a tunnel and waits for the keeper's word on it.
    private func launch(_ wish: TunnelWish) async throws(TunnelError) {
        self.wish = wish
        process = nil
        failureText = nil
        handle(.startRequested)
        await changes.until(within: Self.spawnLimit) { [self] in process?.phase == .running || !lifecycle.isRunning }
        switch lifecycle.state {
        case .failed(.notInstalled): throw .notInstalled
        case .failed(.couldNotStart(let errno)): throw .couldNotStart(failureText ?? "errno \(errno)")
        // It ran, if only for a moment; what became of it stands in the status.
        default: return
        }
    }

    private func end() async {
        handle(.stopRequested)
        // The keeper kills what does not end; the rest is the time that takes.
        await changes.until(within: CloudflaredCommand.killGrace + Self.lastGrace) { [self] in
            lifecycle.state != .stopping
        }
        failureText = nil
        if lifecycle.state == .stopping { handle(.exited(.unknown, at: .now)) }
        await around.config.setTunnelOpen(lifecycle.isOpen)
    }

    // MARK: The life of the supervisor

    /// Takes the tunnel of an earlier supervisor over if there is one; else starts the one that was wanted last.
    ///
    /// - Parameter socket: the channel to its keeper, if somebody kept it.
    func begin(_ socket: consuming FileDescriptor?) {
        var adopted: KeeperLink?
        if let socket { adopted = adopt(socket) } else { around.folder.clean() }
        Task { [self, adopted] in
            if let adopted { await turnstile.pass { await settle(adopted) } }
            guard around.config.current.tunnel.isEnabled == true, !lifecycle.isRunning, !isStopping else {
                return await around.config.setTunnelOpen(lifecycle.isOpen)
            }
            do throws(TunnelError) {
                try await startAsStored()
            } catch {
                Log.error("tunnel-not-started", "the tunnel that was wanted does not start", ["reason": "\(error)"])
            }
        }
    }

    private func adopt(_ socket: consuming FileDescriptor) -> KeeperLink? {
        do throws(IPCError) {
            let link = try KeeperLink(adopting: socket)
            try link.send(TunnelAsk())
            return link
        } catch {
            Log.warning("tunnel-lost", "the tunnel's keeper cannot be reached", ["reason": "\(error)"])
            return nil
        }
    }

    /// Waits for the keeper's answer. One that does not answer is let go, and ends its process.
    private func settle(_ found: KeeperLink) async {
        connect(found)
        await changes.until(within: Self.adoptionLimit) { [self] in process != nil || link == nil }
        guard let process, process.phase == .running else { return release() }
        wish = around.config.current.tunnel.wish
        let age = Duration.seconds(max(0, WallClock.unixSeconds - Int(process.startedAtUnixSeconds)))
        handle(.adopted(startedAt: .now - age, restarts: Int(process.facts.restarts)))
        Log.notice("tunnel-adopted", "the tunnel of the supervisor before goes on", ["pid": process.pid])
        if around.config.current.tunnel.isEnabled == false { await end() }
    }

    /// The process is about to end: nobody waits any longer, and nothing new is begun.
    func prepareToStop() {
        isStopping = true
        changes.look()
    }

    /// The process ends. A channel that is kept leaves the tunnel to the next supervisor.
    func shutDown() async {
        prepareToStop()
        backoffTimer?.cancel()
        watch?.stop()
        guard store == nil else { return }
        if lifecycle.isRunning {
            handle(.stopRequested)
            await changes.until(within: Self.lastGrace) { [self] in lifecycle.state != .stopping }
        }
        // What has not ended by now is the keeper's, which kills it in time.
        release()
    }
}
