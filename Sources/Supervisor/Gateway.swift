import Glibc
import IPC
import Platform
import Transport

/// The composition root: makes every part of the supervisor, in the order in which they need each other, and ends them in
/// the reverse one.
final class Gateway {
    static let signals = [SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGCHLD]
    /// Descriptors kept for everything that is no client connection: workers, databases, upstream calls.
    static let reservedDescriptors = 512
    /// Most connections of the whole gateway, whatever the descriptor limit allows.
    static let connectionsMax = 8192
    /// More cores than this do not make more workers by themselves.
    static let workersByDefaultMax = 4

    /// Under which the service manager keeps the channel to the tunnel's keeper.
    static let tunnelName = "tunnel"

    private let settings: Settings
    private let environment: [String: String]
    private let manager = ServiceManager()
    private var signalWatch: SignalWatch?
    private var watchdog: Watchdog?
    private var reaper: OrphanReaper?
    private var parts: Parts?
    private var stopping: Stopping?
    private(set) var exitCode = ExitCode.done

    /// What a running gateway consists of.
    struct Parts {
        let control: ControlPlane
        /// The listeners are the service manager's and stay open.
        let keepsListeners: Bool
        let pool: WorkerPool
        let desk: HandoffDesk
        let inbox: WorkerInbox
        let door: FrontDoor
    }

    init(_ settings: Settings, environment: [String: String]) {
        self.settings = settings
        self.environment = environment
    }

    func run() async {
        do {
            signalWatch = try SignalWatch(Self.signals) { [unowned self] in received(signal: $0) }
            let inherited = ServiceManager.takeInheritedSockets()
            let control = try await ControlPlane.open(settings)
            let tunnel = inherited.first { $0.name == Self.tunnelName }
            if tunnel != nil { control.config.expectTunnel() }
            let listeners = try HTTPListeners.adopt(inherited) ?? bind(control.config.current)
            control.listener = ListenerFacts(port: Int(listeners.port), isLoopbackOnly: listeners.isLoopbackOnly)
            let parts = try assemble(control, listeners)
            self.parts = parts
            keepTunnel(of: control)
            control.start(workers: parts.pool, send: { [pool = parts.pool] in pool.send($1, to: $0) })
            control.signatures.send = { [pool = parts.pool] in pool.offer($1, to: $0) }
            control.reload = { [unowned self] in try await reload() }
            startWorkers(parts)
            try parts.door.open(listeners.listeners)
            announce(listeners)
            control.tunnel.begin(tunnel?.take())
            manager.ready(status: "starting workers")
            reaper = OrphanReaper { [pool = parts.pool] pid in
                pool.processes.contains { $0.pid == pid } || control.tunnel.isOwnChild(pid)
                    || ProgramQuestion.isRunning(pid)
            }
            watchdog = Watchdog(manager, databaseTick: { await control.databaseTick() })
            watchdog?.start()
        } catch {
            fail(error)
        }
    }

    // MARK: Start

    private func bind(_ configuration: Configuration) throws(ListenError) -> HTTPListeners {
        try HTTPListeners.bind(
            port: UInt16(clamping: configuration.port), beyondLoopback: configuration.listensBeyondLoopback)
    }

    private func assemble(_ control: ControlPlane, _ listeners: HTTPListeners) throws -> Parts {
        let configuration = control.config.current
        let pool = try WorkerPool(
            poolOptions(configuration), snapshot: control.config.snapshotBytes(),
            spawn: { [spawner = WorkerSpawner(environment: workerEnvironment)] in try spawner.spawn($0, place: $1) })
        let door = FrontDoor(
            limits: ServerLimits(configuration.connections), connectionsMax: connectionsMax(configuration))
        let desk = HandoffDesk(
            pool,
            exits: HandoffDesk.Exits(
                serve: { door.serve($0, $1) }, end: { door.end($0, saying: $1) }, gone: { door.connectionEnded() }))
        door.services = FrontDoor.Services(
            admin: { await control.admin.serve($0, $1) }, handOff: { desk.take($0, $1, $2) },
            connectionsElsewhere: { desk.connectionCount }, idleElsewhere: { desk.idleConnections })
        let inbox = WorkerInbox(
            pool: pool, desk: desk, leases: control.leases, signatures: control.signatures, traffic: control.traffic)
        return Parts(
            control: control, keepsListeners: listeners.areInherited, pool: pool, desk: desk, inbox: inbox, door: door)
    }

    /// Whether the service manager keeps descriptors for us is known of our own unit alone, and of managers that say so.
    private func keepTunnel(of control: ControlPlane) {
        guard environment["ANTIGRAVITY_FD_STORE"] == "1" || environment["FDSTORE"] != nil else { return }
        control.tunnel.store = { [manager] in manager.store($0, name: Self.tunnelName) }
        control.tunnel.forget = { [manager] in manager.forget(name: Self.tunnelName) }
    }

    private func startWorkers(_ parts: Parts) {
        let (desk, inbox) = (parts.desk, parts.inbox)
        parts.pool.start(
            WorkerPool.Events(
                message: { inbox.receive($0, from: $1) },
                ready: { [unowned self] in
                    desk.offerWaiting()
                    manager.status("serving")
                },
                gone: { inbox.gone($0) },
                inspected: { desk.inspected($0) }))
    }

    private func poolOptions(_ configuration: Configuration) -> WorkerPool.Options {
        let wished = settings.workerCount ?? min(ProcessFacts.usableCores(), Self.workersByDefaultMax)
        let budget = WorkerMemoryBudget(
            wishedWorkers: wished, memoryLimitBytes: ProcessFacts.memoryLimitBytes())
        if budget.workerCount < wished {
            Log.notice(
                "fewer-workers", "the memory limit allows fewer workers than wished",
                ["wished": wished, "workers": budget.workerCount])
        }
        return WorkerPool.Options(
            workerCount: budget.workerCount,
            executablePath: settings.workerExecutable ?? WorkerExecutable.besideOurselves(),
            softMemoryLimitBytes: budget.softLimitBytes, readyLimit: configuration.workers.readyTimeout,
            rollLimit: configuration.workers.rollTimeout, version: ProductVersion.text)
    }

    private var workerEnvironment: [String] {
        WorkerEnvironment.select(from: environment) + ["ANTIGRAVITY_LOG_LEVEL=\(settings.logLevel)"]
    }

    private func connectionsMax(_ configuration: Configuration) -> Int {
        let (_, hard) = ProcessFacts.descriptorLimit()
        let limit = ProcessFacts.setDescriptorLimit(min(hard, Self.connectionsMax + Self.reservedDescriptors))
        return max(min(configuration.connections.countMax, Self.connectionsMax, limit - Self.reservedDescriptors), 16)
    }

    private func announce(_ listeners: HTTPListeners) {
        Log.info(
            "listening", "the gateway listens",
            ["address": listeners.address, "inherited": listeners.areInherited])
        guard let path = settings.addressFile else { return }
        do throws(SystemError) {
            try AddressFile.write(listeners.address, to: path)
        } catch {
            Log.error("address-file", "the address could not be written", ["path": path, "reason": error])
        }
    }

    private func fail(_ error: any Error) {
        Log.error("not-started", "the gateway does not start", ["reason": "\(error)"])
        exitCode = ExitCode.configuration
        EventLoop.stop()
    }

    // MARK: Signals

    private func received(signal: CInt) {
        switch signal {
        case SIGCHLD: reaper?.reap()
        // Why it failed has been said.
        case SIGHUP: Task { try? await reload() }
        default: stop()
        }
    }

    /// Replaces the workers. Files that hold secrets are read again first: when one is unreadable nothing is changed.
    private func reload() async throws {
        guard let parts, stopping == nil else { throw WorkerRestartError.stopping }
        manager.reloading()
        do {
            let reread = try Settings.load(environment: environment)
            try await parts.pool.restartAll()
            await parts.control.takeSecrets(of: reread)
            manager.reloaded(status: "serving")
        } catch {
            Log.error("reload-failed", "the reload changed nothing", ["reason": "\(error)"])
            manager.reloaded(status: "serving; the last reload failed")
            throw error
        }
    }

    private func stop() {
        guard let parts else {
            exitCode = ExitCode.done
            return EventLoop.stop()
        }
        if let stopping { return stopping.hurry() }
        manager.stopping()
        let stopping = Stopping(parts, limit: parts.control.config.current.workers.drainTimeout)
        self.stopping = stopping
        stopping.begin()
    }
}

extension ServerLimits {
    fileprivate init(_ settings: Configuration.ConnectionSettings) {
        self.init()
        headDeadline = settings.headTimeout
        bodyStall = settings.bodyTimeout
        idle = settings.idleTimeout
        writeStall = settings.writeTimeout
        requestsPerConnectionMax = settings.requestsMax
    }
}
