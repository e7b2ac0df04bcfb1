import HTTP
import JSON
import Platform
import Transport

/// Serves what the supervisor itself answers: the admin API, health, event logging and the page at `/`.
final class AdminServer {
    private let config: ConfigStore
    private let table: RouteTable<AdminHandler>
    /// What it serves.
    let routes: [Route<AdminHandler>]
    /// What is served at the control socket alone.
    private let local: RouteTable<AdminHandler>
    private let facts: ServiceFacts
    /// The process is stopping: health says so, so that a load balancer looks elsewhere.
    var isStopping: Bool {
        get { facts.isStopping }
        set {
            facts.isStopping = newValue
            if newValue { onStopping?() }
        }
    }
    /// Returns when what the operator sees and changes is whole.
    var untilReady: (() async -> Void)?
    /// Ends the answers that would go on for ever.
    var onStopping: (() -> Void)?

    init(
        config: ConfigStore, facts: ServiceFacts, routes: [Route<AdminHandler>], local: [Route<AdminHandler>] = []
    ) {
        self.config = config
        self.routes = routes
        table = RouteTable(routes)
        self.local = RouteTable(local)
        self.facts = facts
    }

    /// By which door a request came.
    enum Door {
        case port
        /// Whoever is let in there needs no token.
        case controlSocket
    }

    /// Serves one exchange, its body included. Whether the connection goes on is the caller's business.
    func serve(_ connection: ServerConnection, _ head: HTTPRequestHead, by door: Door = .port) async {
        if door == .port, isOutOfReach(head, connection) {
            return await answer(
                AdminAnswer(AdminError(.notFound, "There is nothing at this path.")), to: head, on: connection)
        }
        if let preflight = pages.preflight(head) { return await answer(preflight, to: head, on: connection) }
        do throws(AdminError) {
            if head.method == .options {
                await answer(try options(head, connection, door), to: head, on: connection)
                return
            }
            let (handler, parameters) = try route(head, connection, door)
            var bytes: [UInt8] = []
            do throws(BodyError) {
                if handler.ignoresBody {
                    try await connection.discardBody(sizeMaxBytes: handler.bodySizeMaxBytes)
                } else {
                    bytes = try await connection.readBody(sizeMaxBytes: handler.bodySizeMaxBytes)
                }
            } catch {
                guard let refusal = Self.refusal(error) else { return }
                await answer(AdminAnswer(refusal), to: head, on: connection, close: true)
                return
            }
            let body =
                handler.ignoresBody || handler.takesBytes
                ? [:] : try AdminBody.parse(bytes, contentType: head.fields["content-type"])
            let request = AdminRequest(
                head: head, parameters: parameters, body: body, bytes: handler.takesBytes ? bytes : [])
            if handler.access.needsWholeState { await untilReady?() }
            await answer(try await handler.run(request), to: head, on: connection)
        } catch {
            if error.code == .internalError {
                Log.error("admin-call-failed", "an admin call failed", ["path": head.path, "reason": error.message])
            }
            await answer(AdminAnswer(error), to: head, on: connection)
        }
    }

    /// The handler of a request that may have it. Without the token nobody learns which paths exist under `/api`.
    private func route(
        _ head: HTTPRequestHead, _ connection: ServerConnection, _ door: Door
    ) throws(AdminError) -> (handler: AdminHandler, parameters: [String: String]) {
        if door == .controlSocket, case .found(let handler, let parameters) = local.match(head.method, path: head.path)
        {
            return (handler, parameters)
        }
        let match = table.match(head.method, path: head.path)
        if case .found(let handler, let parameters) = match {
            try check(handler.access, head, connection, door)
            return (handler, parameters)
        }
        if RouteGroup.of(path: head.path) == .admin { try check(.adminToken, head, connection, door) }
        guard case .methodNotAllowed(let allow) = match else {
            throw AdminError(.notFound, "There is nothing at this path.")
        }
        throw AdminError(.methodNotAllowed, "\(head.method.name) is not possible at this path.", allow: allow)
    }

    /// What may be done at a path, or with the server as a whole (`OPTIONS *`, RFC 9110 section 9.3.7).
    private func options(
        _ head: HTTPRequestHead, _ connection: ServerConnection, _ door: Door
    ) throws(AdminError) -> AdminAnswer {
        if RouteGroup.of(path: head.path) == .admin { try check(.adminToken, head, connection, door) }
        let allow: [HTTPMethod]
        switch table.match(.options, path: head.path) {
        case .methodNotAllowed(let known): allow = known
        case .notFound where head.path == "*": allow = [.get, .head, .post, .put, .patch, .delete, .options]
        default: throw AdminError(.notFound, "There is nothing at this path.")
        }
        return AdminAnswer(
            status: 204, body: [], fields: [("Allow", allow.map(\.name).joined(separator: ", "))])
    }

    private func check(
        _ access: AdminHandler.Access, _ head: HTTPRequestHead, _ connection: ServerConnection, _ door: Door
    ) throws(AdminError) {
        guard door == .port else { return }
        switch access {
        case .open: return
        case .health:
            guard config.effectiveAuthMode == .strict else { return }
            if AdminGuard.isOpen(head, to: config.current.apiKey, at: .ai(geminiPath: false)) { return }
            throw AdminError(.unauthorized, "The API key is missing or wrong.")
        case .metrics where config.current.showsMetricsLocally && Self.isOfThisMachine(head, connection): return
        case .adminToken, .metrics:
            if AdminGuard.isOpen(head, to: config.current.adminToken, at: .admin) { return }
            throw AdminError(.unauthorized, "The admin token is missing or wrong.")
        }
    }

    /// Whether a request came through the tunnel for what the operator does not show there.
    private func isOutOfReach(_ head: HTTPRequestHead, _ connection: ServerConnection) -> Bool {
        config.isTunnelOpen && !config.current.tunnel.showsAdmin && !TunnelTraffic.mayReach(path: head.path)
            && TunnelTraffic.isTunneled(head, isPeerLoopback: connection.peer.isLoopback, url: facts.tunnelURL())
    }

    /// Whether a program of this machine asks for itself: what came through a proxy or the tunnel only looks like that.
    private static func isOfThisMachine(_ head: HTTPRequestHead, _ connection: ServerConnection) -> Bool {
        connection.peer.isLoopback
            && !["forwarded", "x-forwarded-for", "x-real-ip", "via", "cf-ray", "origin"].contains {
                head.fields.contains($0)
            }
    }

    /// Nil if nobody is there to be told.
    private static func refusal(_ error: BodyError) -> AdminError? {
        switch error {
        case .tooLarge: AdminError(.payloadTooLarge, "The body is too large.")
        case .refused(let refusal): AdminError(.invalidRequest, "The body's framing is wrong: \(refusal.reason.text).")
        case .stalled: AdminError(.requestTimeout, "The body did not arrive in time.")
        case .peerGone: nil
        }
    }

    private var pages: ForeignPages { ForeignPages(origins: config.current.adminOrigins) }

    private func answer(
        _ answer: AdminAnswer, to head: HTTPRequestHead, on connection: ServerConnection, close: Bool = false
    ) async {
        var answer = answer
        answer.fields += pages.fields(for: head)
        if let stream = answer.stream, head.method != .head {
            connection.startStream(answer.head)
            await stream(connection)
            await connection.endStream()
            return
        }
        // While stopping no further request is taken, and the client is told so.
        await connection.respond(answer.head, body: answer.body, close: close || isStopping)
    }
}
