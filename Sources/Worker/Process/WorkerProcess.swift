import APIErrors
import Glibc
import IPC
import JSON
import Platform

/// This process: its channel to the supervisor, the connections it serves, and its life from `hello` to exit.
final class WorkerProcess {
    /// How long an orphan may finish its exchanges.
    static let orphanLimit = Duration.seconds(50)
    static let pulsePeriod = Duration.seconds(1)

    private var lifecycle = WorkerLifecycle()
    private var channel: Channel?
    private var outbox: Outbox?
    private var ledger: Ledger?
    private var bodyRoom: BodyRoom?
    private var supervisor: SupervisorWatch?
    private var context: WorkerContext?
    private var connections: [ConnectionID: ClientConnection] = [:]
    private var pulseTimer: LoopTimer?
    private var limitTimer: LoopTimer?
    private var cutExchanges = 0
    private var memory = FreeMemory()

    /// - Parameter socket: the worker's end of the channel.
    init(channel socket: consuming FileDescriptor) throws(IPCError) {
        pulseTimer = LoopTimer { [unowned self] in pulse() }
        limitTimer = LoopTimer { [unowned self] in step(.limitPassed) }
        let channel = try Channel(
            socket, onMessage: { [unowned self] in receive($0) }, onEnd: { [unowned self] in step(.supervisorGone) })
        self.channel = channel
        outbox = Outbox(channel: channel)
    }

    // MARK: Messages

    private func receive(_ message: IncomingMessage) {
        do throws(IPCError) {
            try deliver(message)
        } catch {
            // The two builds do not understand each other: the supervisor will start another one.
            Log.error("worker-protocol", "message of the supervisor not understood", ["error": "\(error)"])
            channel?.close()
            step(.supervisorGone)
        }
    }

    private func deliver(_ message: IncomingMessage) throws(IPCError) {
        switch message.kind {
        case .hello: try greet(message)
        case .snapshot: configure(try message.decode())
        case .handoff: try take(message)
        case .leaseGrant: context?.leases.receive(try message.decode(LeaseGrant.self))
        case .leaseDeny: context?.leases.receive(try message.decode(LeaseDeny.self))
        case .leaseVerdict: context?.leases.receive(try message.decode(LeaseVerdict.self))
        case .leaseRevoke: context?.leases.receive(try message.decode(LeaseRevoke.self))
        case .signatureFound: context?.signatures.receive(try message.decode(SignatureFound.self))
        case .drain:
            let drain = try message.decode(Drain.self)
            limitTimer?.set(after: .milliseconds(Int64(drain.millisecondsLeft)))
            step(.drainRequested)
        case .warmup: warmUp(try message.decode())
        case .ack: outbox?.receive(try message.decode())
        // A parked request waits as it did, and nobody takes a running worker over.
        case .leaseWait, .adopt: break
        case .drained, .ready, .pulse, .returned, .closed, .leaseRequest, .leaseCancel, .leaseProgress, .leaseAlive,
            .leaseOutcome, .signatureFind, .signatureKeep, .signatureForget, .exchangeEnd, .adopted, .tunnelRun,
            .tunnelEnd,
            .tunnelAsk, .tunnelState:
            throw .wrongKind(expected: .handoff, found: message.kind.rawValue)
        }
    }

    private func greet(_ message: IncomingMessage) throws(IPCError) {
        guard message.isOwnMajor else { return step(.foreignVersion) }
        let hello = try message.decode(Hello.self)
        guard let memory = message.takeDescriptor() else { throw .descriptorCount(expected: 2, found: 0) }
        guard let pidfd = message.takeDescriptor() else { throw .descriptorCount(expected: 2, found: 1) }
        ledger = try Ledger.adopt(memory, slots: Int(hello.ledgerSlots))
        let bodyRoom = BodyRoom(softMemoryLimitBytes: Int(clamping: hello.softMemoryLimitBytes))
        self.bodyRoom = bodyRoom
        do {
            supervisor = try SupervisorWatch(pidfd) { [unowned self] in step(.supervisorGone) }
        } catch {
            throw .system(errno: error.errno)
        }
        Log.info(
            "worker-greeted", "supervisor said hello",
            ["place": hello.place, "generation": hello.generation, "bodies_max_bytes": bodyRoom.sizeMaxBytes])
        step(.greeted)
    }

    private func configure(_ snapshot: Snapshot) {
        guard let outbox, let bodyRoom else { return }
        do throws(JSONError) {
            let compiled = WorkerSnapshot(try SnapshotReader.read(snapshot.document), number: snapshot.revision)
            if let context {
                if snapshot.revision >= context.snapshot.number { context.snapshot = compiled }
            } else {
                context = WorkerContext(outbox: outbox, snapshot: compiled, bodyRoom: bodyRoom)
            }
            step(.configured)
        } catch {
            Log.error("worker-snapshot", "configuration of the supervisor not understood", ["error": error.description])
        }
    }

    /// A worker that leaves lets it be: its end tells the supervisor.
    private func warmUp(_ message: Warmup) {
        guard let context, !lifecycle.isLeaving else { return }
        Task { await WarmupCall(message, context: context).run() }
    }

    private func take(_ message: IncomingMessage) throws(IPCError) {
        let handoff = try message.decode(Handoff.self)
        guard let socket = message.takeDescriptor() else { throw .descriptorCount(expected: 1, found: 0) }
        guard let ledger, let context, handoff.connection.slot < ledger.slotCount else { throw .memoryNotSealed }
        let client = ClientConnection(
            handoff, socket: socket, slot: ledger[Int(handoff.connection.slot)], context: context
        ) { [unowned self] in left($0) }
        connections[handoff.connection] = client
        if lifecycle.isLeaving { client.leave(mayGiveBack: lifecycle.isDraining) }
        Task { await client.run() }
    }

    private func left(_ id: ConnectionID) {
        connections[id] = nil
        if connections.isEmpty { step(.emptied) }
    }

    // MARK: The life of the process

    private func step(_ event: WorkerLifecycle.Event) {
        switch lifecycle.handle(event, isEmpty: connections.isEmpty) {
        case .none: break
        case .sayReady: sayReady()
        case .giveBackIdle:
            Log.info("worker-draining", "worker drains", ["connections": connections.count])
            for client in connections.values { client.leave(mayGiveBack: true) }
        case .cutExchanges:
            for client in connections.values where client.control.isOpen {
                cutExchanges += 1
                client.control.stop(.drainOver)
            }
        case .goOnAlone: goOnAlone()
        case .sayDrained: sayDrained()
        case .exit: EventLoop.stop()
        }
    }

    private func sayReady() {
        outbox?.send(
            Ready(pid: UInt32(getpid()), confinementLevel: Confinement.level, version: ProductVersion.text))
        pulse()
        Log.info("worker-ready", "worker ready")
    }

    private func goOnAlone() {
        Log.notice("worker-orphaned", "supervisor gone; exchanges finish", ["connections": connections.count])
        pulseTimer?.cancel()
        limitTimer?.set(after: Self.orphanLimit)
        outbox?.supervisorGone()
        context?.leases.supervisorGone()
        context?.signatures.supervisorGone()
        for client in connections.values { client.leave(mayGiveBack: false) }
    }

    private func sayDrained() {
        outbox?.flushClosed()
        outbox?.send(Drained(cutExchanges: UInt32(clamping: cutExchanges)))
        pulseTimer?.cancel()
        limitTimer?.cancel()
        Log.info("worker-drained", "worker drained", ["cut": cutExchanges])
        channel?.onEmpty = { EventLoop.stop() }
        channel?.flush()
    }

    private func pulse() {
        guard let context, let channel else { return }
        let residentBytes = memory.residentBytes(isIdle: context.openExchanges == 0)
        outbox?.send(
            Pulse(
                residentBytes: UInt64(clamping: residentBytes),
                openExchanges: UInt32(clamping: context.openExchanges),
                openConnections: UInt32(clamping: connections.count),
                bodyBytes: UInt64(clamping: context.bodyRoom.takenBytes),
                skippedMessages: UInt64(clamping: channel.skippedMessages),
                droppedRecords: UInt64(clamping: outbox?.droppedRecords ?? 0),
                snapshotRevision: context.snapshot.number))
        pulseTimer?.set(after: Self.pulsePeriod)
    }
}
