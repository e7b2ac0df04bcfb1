import HTTP
import Platform
import Transport

/// Accepts connections, reads request heads and leads each request to whoever serves it: the admin API in place, an AI
/// request to a worker, in the same loop turn in which its head is complete.
///
/// It keeps the connections that no worker has: new ones, idle ones that came back, and those of the admin API.
final class FrontDoor {
    /// What the front door needs of the rest of the supervisor.
    struct Services {
        /// Serves one exchange of the groups `admin` and `open`, body included.
        var admin: (ServerConnection, HTTPRequestHead) async -> Void
        /// Takes an AI request over: the connection, its bytes from the first of the request, its head.
        var handOff: (consuming FileDescriptor, ConnectionRecord, HTTPRequestHead) -> Void
        /// Connections that are not the front door's at the moment.
        var connectionsElsewhere: () -> Int
        /// The idle ones among those.
        var idleElsewhere: () -> [IdleConnection]
    }

    /// How many idle connections are ended at once when the cap is reached, so that the search is not made for each.
    static let evictionBatch = 32
    /// How long accepting rests when the cap is reached and no connection is idle, unless one ends before.
    static let acceptRest = Duration.milliseconds(100)

    /// How long an idle connection stays open while the gateway stops, also one that a worker gives back behind an answer, and how
    /// long handshakes that have begun may take: a request that is on its way still gets an answer.
    static let arrivalGrace = Duration.milliseconds(100)
    /// How long a request may take to come whole while the gateway stops: a client that is slow does not hold it up.
    static let receiptGrace = Duration.seconds(1)

    private let limits: ServerLimits
    private let connectionsMax: Int
    /// Set once, before `open`: the desk that takes connections needs the front door first.
    var services: Services?
    private let listeners = ListenerGroup()
    private var own: [ObjectIdentifier: OwnConnection] = [:]
    private var closingCount = 0
    private var restTimer: LoopTimer?
    private var isResting = false
    private var arrivalTimer: LoopTimer?
    private(set) var isStopping = false
    /// While stopping: the listeners need no further look.
    private var isGraceOver = false
    private var onEmpty: (() -> Void)?

    /// - Parameter connectionsMax: of the whole gateway, those of the workers included.
    init(limits: ServerLimits, connectionsMax: Int) {
        self.limits = limits
        self.connectionsMax = connectionsMax
    }

    /// The gateway stops, and nobody is left here.
    var isEmptied: Bool { isStopping && isGraceOver && connectionCount == 0 }

    /// Connections that this process serves itself, or is ending.
    var connectionCount: Int { own.count + closingCount }

    func open(_ listeners: [Listener]) throws(SystemError) {
        try self.listeners.open(listeners) { [unowned self] socket, peer in accept(socket, from: peer) }
    }

    /// Serves a connection that comes from a worker, or from a dead one: its next request, or the one whose bytes it has.
    func serve(_ socket: consuming FileDescriptor, _ record: ConnectionRecord) {
        start(
            ServerConnection(
                socket, peer: record.peer, received: record.received,
                consumedTotal: record.consumedBefore + UInt64(record.received.count), writtenTotal: record.written,
                limits: limits))
    }

    /// Sends last bytes on a connection and ends it.
    func end(_ socket: consuming FileDescriptor, saying lastWords: [UInt8]) {
        closingCount += 1
        ClosingConnection(socket, saying: lastWords) { [self] in
            closingCount -= 1
            connectionEnded()
        }
    }

    /// Takes no further connection, ends the idle ones, lets running exchanges finish.
    /// - Parameters:
    ///   - keepsListeners: they are the service manager's, whose queue must go on filling.
    ///   - onEmpty: called whenever no connection is left here; workers may give back further ones.
    func stop(keepsListeners: Bool, onEmpty: @escaping () -> Void) {
        isStopping = true
        restTimer?.cancel()
        self.onEmpty = onEmpty
        if keepsListeners { listeners.pause() } else { listeners.empty() }
        for connection in own.values { leave(connection) }
        let timer = LoopTimer { [unowned self] in graceOver(keepsListeners: keepsListeners) }
        timer.set(after: Self.arrivalGrace)
        arrivalTimer = timer
        connectionEnded()
    }

    private func leave(_ connection: OwnConnection) {
        connection.leave(after: Self.arrivalGrace, receivingWithin: Self.receiptGrace)
    }

    private func graceOver(keepsListeners: Bool) {
        if !keepsListeners { listeners.close() }
        isGraceOver = true
        connectionEnded()
    }

    private func accept(_ socket: consuming FileDescriptor, from peer: PeerAddress) {
        // What is in the queue at the end gets an answer, above the cap too: there will be no more of it.
        if !isStopping { makeRoom() }
        start(ServerConnection(socket, peer: peer, limits: limits))
    }

    private func start(_ server: ServerConnection) {
        let connection = OwnConnection(server)
        if isStopping { leave(connection) }
        own[ObjectIdentifier(connection)] = connection
        Task {
            await serve(connection)
            own[ObjectIdentifier(connection)] = nil
            connectionEnded()
        }
    }

    private func serve(_ connection: OwnConnection) async {
        let server = connection.server
        while true {
            connection.idleSince = .now
            let head: HTTPRequestHead?
            do throws(HTTPRefusal) {
                head = try await server.nextRequest()
            } catch {
                let answer = RefusalAnswer.render(error)
                _ = await server.respond(answer.head, body: answer.body, close: true)
                return await server.close()
            }
            guard let head else { return await server.close() }
            switch RouteGroup.of(path: head.path) {
            case .ai:
                return handOff(server, head)
            case .admin, .open:
                connection.idleSince = nil
                await services?.admin(server, head)
                guard server.mayKeepAlive, !isStopping else { return await server.close() }
            }
        }
    }

    private func handOff(_ server: ServerConnection, _ head: HTTPRequestHead) {
        guard let detached = server.detach() else { return }
        let record = ConnectionRecord(
            peer: detached.peer, received: detached.received,
            consumedBefore: detached.consumedTotal - UInt64(detached.received.count), written: detached.writtenTotal)
        services?.handOff(detached.takeSocket(), record, head)
    }

    // MARK: The cap

    private var isFull: Bool {
        own.count + closingCount + (services?.connectionsElsewhere() ?? 0) >= connectionsMax
    }

    /// Ends long idle connections when the cap is reached; when there are none, accepting rests.
    private func makeRoom() {
        if isFull, !endIdle() { rest() }
    }

    /// Ends the longest idle connections of the whole gateway: a few at once, but never more than half of them.
    /// - Returns: false if none is idle.
    private func endIdle() -> Bool {
        var idle = services?.idleElsewhere() ?? []
        for connection in own.values where connection.isIdle {
            idle.append(
                IdleConnection(since: connection.idleSince ?? .now, end: { connection.server.interrupt() }))
        }
        idle.sort { $0.since < $1.since }
        for connection in idle.prefix(min(Self.evictionBatch, (idle.count + 1) / 2)) { connection.end() }
        return !idle.isEmpty
    }

    private func rest() {
        if !isResting { listeners.pause() }
        isResting = true
        let timer = restTimer ?? LoopTimer { [unowned self] in wake() }
        timer.set(after: Self.acceptRest)
        restTimer = timer
    }

    private func wake() {
        guard isResting, !isStopping else { return }
        if isFull, !endIdle() { return rest() }
        isResting = false
        listeners.resume()
    }

    /// Room for another one; and, while stopping, perhaps the last one.
    func connectionEnded() {
        if isResting { wake() }
        if isEmptied { onEmpty?() }
    }
}
