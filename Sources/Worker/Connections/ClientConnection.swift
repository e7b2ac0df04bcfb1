import APIErrors
import HTTP
import IPC
import Platform
import Transport

/// One client connection in this worker's hands: one request after the other, until it ends or is given back.
final class ClientConnection {
    let id: ConnectionID
    let connection: ServerConnection
    let slot: LedgerCursor
    let control = ExchangeControl()
    /// Printable address of the client, without the port.
    let peerText: String
    var access = AccessMemory()
    let context: WorkerContext
    /// Called when the connection has left this worker, one way or the other.
    private let onLeave: (ConnectionID) -> Void
    private var stay = Stay.serving
    private var isPeerWatched = false

    private enum Stay {
        /// Idle connections end at their limit.
        case serving
        /// The worker wants to end: idle connections go back.
        case leaving
        /// The supervisor has gone: nobody takes a connection back.
        case orphaned
    }

    init(
        _ handoff: Handoff, socket: consuming FileDescriptor, slot: LedgerCursor, context: WorkerContext,
        onLeave: @escaping (ConnectionID) -> Void
    ) {
        id = handoff.connection
        self.slot = slot
        self.context = context
        self.onLeave = onLeave
        let peer = PeerAddress(of: socket.raw)
        peerText = peer.text
        connection = ServerConnection(
            socket, peer: peer,
            received: handoff.received, consumedTotal: handoff.consumedBefore &+ UInt64(handoff.received.count),
            writtenTotal: handoff.written, limits: context.snapshot.document.server)
        connection.journal = LedgerJournal(slot: slot, connection: connection)
    }

    /// Serves until the end. The connection holds nothing of the process afterwards.
    func run() async {
        let isGivenAway = await serveRequests()
        if !isGivenAway {
            await connection.close()
            slot.clear()
            context.outbox.close(id)
        }
        connection.journal = nil
        onLeave(id)
    }

    /// From here on a client that leaves ends what its request waits for.
    func watchPeer() {
        guard !isPeerWatched else { return }
        isPeerWatched = true
        connection.onPeerGone = { [control] in control.stop(.clientGone) }
    }

    /// The worker wants to end: the connection goes when it has no request in hand.
    func leave(mayGiveBack: Bool) {
        stay = mayGiveBack ? .leaving : .orphaned
        connection.interrupt()
    }

    // MARK: Answers

    /// Answers in one piece.
    @discardableResult func respond(_ head: ResponseHead, body: [UInt8], close: Bool = false) async -> Bool {
        respondAtOnce(head, body: body, close: close)
        if connection.isBehind { await connection.catchUp() }
        return !connection.isPeerGone
    }

    /// The same without waiting; if the client `isBehind` then, somebody has to wait until it has caught up.
    func respondAtOnce(_ head: ResponseHead, body: [UInt8], close: Bool = false) {
        slot.answering(framing: .length, keepsAlive: connection.mayKeepAlive && !close)
        connection.respondAtOnce(head, body: body, close: close)
    }

    /// Answers with a refusal in the words of the family.
    @discardableResult func respond(
        _ failure: APIFailure, in family: DialectFamily, requestID: String, close: Bool = false
    ) async -> Bool {
        var (head, body) = failure.response(in: family, requestID: requestID)
        AnswerFields.addOpen(to: &head.fields)
        return await respond(head, body: body, close: close)
    }

    // MARK: The life of the connection

    /// - Returns: true if the connection belongs to somebody else now.
    private func serveRequests() async -> Bool {
        while true {
            if context.outbox.isFull { await context.outbox.room() }
            var next = next()
            while case .pending = next { next = await connection.waitForRequest() ? self.next() : .over }
            switch next {
            case .exchange(let exchange):
                context.exchangeBegan()
                await exchange.run()
                context.exchangeEnded()
            case .preflight(let fields): await respond(ResponseHead(status: 204, fields: fields), body: [])
            case .pending: break
            case .otherGroup: return stay != .orphaned && giveBack(.otherGroup)
            case .refused(let refusal):
                await refuse(refusal)
                return false
            case .over: return stay == .leaving && connection.isIdle && !connection.isPeerGone && giveBack(.drain)
            }
            guard connection.mayKeepAlive, !connection.isPeerGone else { return false }
        }
    }

    /// What comes next on the connection. What is large is boxed: see `HeldLease`.
    private enum Next {
        case exchange(Exchange)
        indirect case preflight(HTTPFields)
        /// Not of the AI group: the supervisor's.
        case otherGroup
        indirect case refused(HTTPRefusal)
        /// Nobody knows yet.
        case pending
        case over
    }

    @inline(never) private func next() -> Next {
        do throws(HTTPRefusal) {
            switch try connection.requestAtHand() {
            case .head(let head): return next(head)
            case .pending: return .pending
            case .over: return .over
            }
        } catch {
            return .refused(error)
        }
    }

    private func next(_ head: HTTPRequestHead) -> Next {
        let path = head.path
        guard RouteGroup.of(path: path) == .ai else { return .otherGroup }
        let family = DialectFamily.of(path: path, fields: head.fields)
        slot.identify(family: family.rawValue, keepsAlive: connection.mayKeepAlive)
        if head.method == .options { return .preflight(AnswerFields.preflight(head)) }
        return .exchange(Exchange(head: head, family: family, client: self, snapshot: context.snapshot))
    }

    /// The bytes could not be read as a request: nobody knows where the next one would begin.
    private func refuse(_ refusal: HTTPRefusal) async {
        let family = DialectFamily.of(path: refusal.path ?? "/", fields: HTTPFields())
        slot.identify(family: family.rawValue, keepsAlive: false)
        await respond(.refusal(refusal), in: family, requestID: Identifiers.request(), close: true)
    }

    /// - Returns: false if that is not possible any more; then it is closed.
    private func giveBack(_ reason: Returned.Reason) -> Bool {
        connection.onPeerGone = nil
        guard let detached = connection.detach() else { return false }
        let returned = Returned(
            number: 0, connection: id, reason: reason,
            consumedBefore: detached.consumedTotal &- UInt64(detached.received.count), written: detached.writtenTotal,
            received: detached.received)
        return context.outbox.giveBack(returned, DescriptorParcel(detached.takeSocket()))
    }
}
