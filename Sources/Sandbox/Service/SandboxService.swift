import HTTP
import JSON
import Platform
import Transport

/// The stand-in for Google: one port for every host, so paths alone tell what is asked for.
final class SandboxService {
    /// Bodies are read up to this size, so that one above the service's limit still gets its refusal.
    static let bodyReadMaxBytes = 40 * 1024 * 1024
    /// Request ids remembered for the rule that none is used twice; then the memory starts anew.
    static let requestIDCountMax = 500_000

    let accounts = AccountBook()
    let scripts = ScriptShelf()
    let log = RequestLog()
    /// Pause between the events of a default answer.
    var paceMilliseconds: Int
    let paceAtStart: Int
    private var requestIDs: Set<String> = []
    private var serial = 0
    private var connectionCount = 0
    /// Calls answered by each marker text with `times`.
    private var markerCounts: [String: Int] = [:]

    init(paceMilliseconds: Int) {
        self.paceMilliseconds = paceMilliseconds
        paceAtStart = paceMilliseconds
    }

    /// Serves a connection until it ends.
    func serve(_ connection: ServerConnection) async {
        connectionCount += 1
        let number = connectionCount
        do {
            while let head = try await connection.nextRequest() { await answer(head, connection, number) }
        } catch {
            let refusal = Refusal("http", error.reason.text.description, status: error.reason.status)
            await connection.respond(ResponseHead(status: refusal.status), body: refusal.body, close: true)
        }
        await connection.close()
    }

    private func answer(_ head: HTTPRequestHead, _ connection: ServerConnection, _ number: Int) async {
        let path = head.path
        if path.hasPrefix("/sandbox/") { return await control(head, connection) }
        let record = log.begin(Self.method(of: path))
        record.connection = number
        let plan = await plan(for: head, path, connection, record)
        await AnswerPlayer.play(plan, on: connection, record)
    }

    private func plan(
        for head: HTTPRequestHead, _ path: String, _ connection: ServerConnection, _ record: RequestRecord
    ) async -> AnswerPlan {
        do throws(Refusal) {
            switch (head.method, path) {
            case (.post, "/token"): return try await token(head, connection, record)
            case (.post, "/revoke"): return try await revoke(head, connection)
            case (.get, "/oauth2/v2/userinfo"): return try userinfo(head, record)
            case (.get, "/o/oauth2/v2/auth"): return consent(head)
            default: break
            }
            if path.hasPrefix("/v1internal") { return try await codeAssist(head, path, connection, record) }
            if path.hasPrefix("/v1beta/models") { return try await publicAPI(head, path, connection, record) }
            throw Refusal("path", "The requested URL \(path.prefix(200)) was not found on this server.", status: 404)
        } catch {
            log.refuse(error, record)
            return .refusal(error)
        }
    }

    /// The last word of a path: what the list of calls shows, and what scripts name.
    private static func method(of path: String) -> String {
        let last = path.split(separator: "/").last ?? ""
        return String((last.split(separator: ":").last ?? last).prefix(64))
    }

    func body(_ connection: ServerConnection) async throws(Refusal) -> [UInt8] {
        do {
            return try await connection.readBody(sizeMaxBytes: Self.bodyReadMaxBytes)
        } catch {
            throw Refusal("body-size", "The request's body could not be read: \(error).", status: 413)
        }
    }

    /// The account of the bearer token.
    func account(_ head: HTTPRequestHead, _ record: RequestRecord) throws(Refusal) -> SandboxAccount {
        let authorization = head.fields["authorization"]
        record.account = accounts.owner(authorization: authorization)
        guard let account = accounts.account(authorization: authorization, now: WallClock.unixSeconds) else {
            throw Refusal(
                "bearer",
                "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.",
                status: 401)
        }
        return account
    }

    func isRequestIDRepeated(_ id: String) -> Bool { requestIDs.contains(id) }

    func remember(requestID id: String) {
        if requestIDs.count >= Self.requestIDCountMax { requestIDs = [] }
        requestIDs.insert(id)
    }

    func nextSerial() -> Int {
        serial += 1
        return serial
    }

    /// Whether the markers of a prompt still hold: `times` limits them to so many calls.
    func obeys(_ markers: PromptMarkers?) -> Bool {
        guard let markers, let times = markers.number("times", alone: 1) else { return true }
        if markerCounts.count > 10_000 { markerCounts = [:] }
        markerCounts[markers.text, default: 0] += 1
        return markerCounts[markers.text, default: 0] <= times
    }

    func reset() {
        accounts.reset()
        scripts.reset()
        log.reset()
        requestIDs = []
        markerCounts = [:]
        paceMilliseconds = paceAtStart
    }
}
