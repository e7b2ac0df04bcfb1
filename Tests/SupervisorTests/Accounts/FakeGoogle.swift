import HTTP
import JSON
import Platform
import Transport

/// A stand-in for Google on a port of its own: answers by path, counts calls, takes its time when told to.
@MainActor final class FakeGoogle {
    struct Reply: Sendable {
        var status = 200
        var body: JSONValue
        var delay = Duration.zero
    }

    private let listener: Listener
    /// By path; the last reply of a path is given again and again.
    private var replies: [String: [Reply]] = [:]
    /// Path and body of every call, in order.
    private(set) var calls: [(path: String, body: String)] = []

    /// Calls answered at the same time, and the most there were.
    private var openCount = 0
    private(set) var openMax = 0

    nonisolated static let token = "/token"
    nonisolated static let userinfo = "/oauth2/v2/userinfo"
    nonisolated static let load = "/v1internal:loadCodeAssist"
    nonisolated static let onboard = "/v1internal:onboardUser"
    nonisolated static let models = "/v1internal:fetchAvailableModels"

    init() throws {
        listener = try Listener(bindingTCP: "127.0.0.1", port: 0)
        try listener.start { [weak self] socket, peer in
            let connection = ServerConnection(socket, peer: peer, limits: ServerLimits())
            Task { await self?.serve(connection) }
        }
        set(Self.token, ["access_token": "ya29.first", "expires_in": 3600, "token_type": "Bearer"])
        set(Self.userinfo, ["email": "Ann@Example.com", "name": "Ann"])
        set(Self.load, ["cloudaicompanionProject": "project-1", "currentTier": ["id": "free-tier"]])
        set(
            Self.models,
            [
                "models": [
                    "gemini-3-flash": [
                        "quotaInfo": ["remainingFraction": 0.876, "resetTime": "2026-01-27T18:05:11Z"],
                        "maxOutputTokens": 65536,
                    ],
                    "claude-sonnet-4-5": ["quotaInfo": ["resetTime": "2026-01-27T18:05:11Z"]],
                    "chat_hidden": ["quotaInfo": [:]], "gemini-no-quota": ["maxTokens": 10],
                ]
            ])
    }

    var url: String { "http://127.0.0.1:\(listener.port)" }

    func set(_ path: String, _ body: JSONValue, status: Int = 200, delay: Duration = .zero) {
        replies[path] = [Reply(status: status, body: body, delay: delay)]
    }

    /// Replies in order; the last one stays.
    func set(_ path: String, _ list: [Reply]) { replies[path] = list }

    func count(_ path: String) -> Int { calls.count { $0.path == path } }

    func stop() { listener.stop() }

    private func serve(_ connection: ServerConnection) async {
        while let head = try? await connection.nextRequest() {
            let body = (try? await connection.readBody(sizeMaxBytes: 1 << 20)) ?? []
            calls.append((head.path, String(decoding: body, as: UTF8.self)))
            let reply = take(head.path)
            openCount += 1
            openMax = max(openMax, openCount)
            if reply.delay > .zero { try? await Task.sleep(for: reply.delay) }
            var answer = ResponseHead(status: reply.status)
            answer.fields.add("Content-Type", "application/json")
            openCount -= 1
            await connection.respond(answer, body: reply.body.serialized)
        }
        await connection.close()
    }

    private func take(_ path: String) -> Reply {
        guard let list = replies[path], let first = list.first else {
            return Reply(status: 404, body: ["error": ["code": 404]])
        }
        if list.count > 1 { replies[path] = Array(list.dropFirst()) }
        return first
    }
}
