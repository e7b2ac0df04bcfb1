import Glibc
import IPC
import Platform

/// From the machine's actions to processes, and from what happens to them back to the machine.
extension Tunnel {
    func handle(_ event: TunnelLifecycle.Event) {
        let before = lifecycle.state
        switch lifecycle.handle(event) {
        case .none: break
        case .spawn: Task { await spawn() }
        case .end: sendEnd()
        case .scheduleBackoff(let failures): backOff(failures)
        case .release: release()
        }
        if case .backoff = lifecycle.state {} else { retryAtUnixSeconds = nil }
        if lifecycle.state != before { stateChanged() }
        changes.look()
    }

    private func stateChanged() {
        Log.notice(
            "tunnel", "the tunnel's state has changed", ["state": lifecycle.state.word, "mode": wish.mode.rawValue])
        if case .connected = lifecycle.state { failureText = nil }
        if lifecycle.isRunning { watch?.start(isSettled: isSettled) } else { watch?.stop() }
        guard !lifecycle.isOpen, !isStopping else { return }
        Task { [self] in await around.config.setTunnelOpen(lifecycle.isOpen) }
    }

    private func backOff(_ failures: Int) {
        let chance = Double(RandomID.uint64() % 2001) / 1000 - 1
        let delay = TunnelBackoff.delay(afterFailures: failures, chance: chance)
        backoffTimer?.set(after: delay)
        retryAtUnixSeconds = WallClock.unixSeconds + Int(delay.components.seconds) + 1
        Log.warning("tunnel-backoff", "cloudflared has ended and will be started again", ["ms": delay.milliseconds])
    }

    func find() async -> CloudflaredProgram? {
        await around.finder.find(configured: around.config.current.tunnel.binary)
    }

    private func spawn() async {
        hostname = nil
        // The key is asked for before anybody can come.
        await around.config.setTunnelOpen(true)
        guard let program = await find() else {
            failureText = "cloudflared is not installed"
            return handle(.spawnFailed(.notInstalled))
        }
        // Stopped meanwhile: nothing has been started, and nothing is.
        guard case .starting = lifecycle.state else { return handle(.spawnFailed(.notInstalled)) }
        do {
            let keeper = try link ?? startKeeper()
            try keeper.send(run(program))
        } catch let error as SystemError {
            failureText = "\(error)"
            handle(.spawnFailed(.couldNotStart(error.errno)))
        } catch {
            failureText = "\(error)"
            handle(.spawnFailed(.couldNotStart(EIO)))
        }
    }

    private func run(_ program: CloudflaredProgram) throws(SystemError) -> TunnelRun {
        let readsTokenFile = program.version.readsTokenFile
        try around.folder.prepare(token: wish.mode == .named && readsTokenFile ? wish.token : nil)
        let facts = CloudflaredCommand.Facts(
            wish: wish, port: around.port(), metricsPort: try Listener(bindingTCP: "127.0.0.1", port: 0).port,
            configPath: around.folder.configPath, tokenPath: around.folder.tokenPath, home: around.folder.path,
            readsTokenFile: readsTokenFile)
        ProgramFiles.shared.logDigest(of: program)
        return TunnelRun(
            path: program.path, arguments: CloudflaredCommand.arguments(facts),
            environment: CloudflaredCommand.environment(facts, from: around.environment).map { Secret($0) },
            facts: TunnelFacts(
                isNamed: wish.mode == .named, metricsPort: facts.metricsPort,
                restarts: UInt32(clamping: lifecycle.restarts)))
    }

    private func startKeeper() throws -> KeeperLink {
        let keeper = try KeeperLink(environment: around.keeperEnvironment)
        connect(keeper)
        return keeper
    }

    func connect(_ keeper: KeeperLink) {
        link = keeper
        keeper.onState = { [unowned self] in received($0) }
        keeper.onLost = { [unowned self] in keeperLost() }
        store?(keeper.rawDescriptor)
    }

    private func sendEnd() {
        do throws(IPCError) {
            guard let link else { throw .peerGone }
            try link.send(TunnelEnd(graceMilliseconds: UInt32(CloudflaredCommand.killGrace.milliseconds)))
        } catch {
            Log.warning("tunnel-keeper", "the tunnel's keeper takes no message", ["reason": "\(error)"])
            // Before there is a keeper there is no process; a keeper that is gone tells so itself.
            if link == nil { handle(.exited(.unknown, at: .now)) }
        }
    }

    private func received(_ state: TunnelState) {
        let before = process?.phase == .running ? process?.pid : nil
        process = state
        switch state.phase {
        case .running: if before != state.pid { handle(.spawned(at: .now)) }
        case .failed:
            failureText = SystemError(call: "execve", errno: Int32(clamping: state.failure)).description
            handle(.spawnFailed(.couldNotStart(Int32(clamping: state.failure))))
        case .idle: break
        case .ended: ended(state)
        }
        changes.look()
    }

    private func ended(_ state: TunnelState) {
        hostname = nil
        let ending = TunnelLifecycle.Ending(state.ending)
        if lifecycle.isRunning { failureText = ([ending.text] + state.lastLines).joined(separator: "\n") }
        handle(.exited(ending, at: .now))
    }

    private func keeperLost() {
        link = nil
        process = nil
        hostname = nil
        forget?()
        failureText = TunnelLifecycle.Ending.unknown.text
        handle(.exited(.unknown, at: .now))
    }

    func release() {
        backoffTimer?.cancel()
        link?.close()
        link = nil
        if process?.phase == .running { process = nil }
        forget?()
        around.folder.clean()
    }

    func watched(connections: Int?, hostname: String?) {
        if let hostname { self.hostname = hostname }
        handle(.connectionsCounted(connections, at: .now))
        if lifecycle.isRunning { watch?.start(isSettled: isSettled) }
    }

    /// Nothing more is to be learnt soon.
    private var isSettled: Bool {
        if case .connected = lifecycle.state { return wish.mode == .named || url != nil }
        return false
    }
}
