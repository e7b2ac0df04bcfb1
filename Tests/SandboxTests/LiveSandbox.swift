import HTTP
import JSON
import Platform
import Testing
import Transport

@testable import Sandbox

/// The service on a port of its own, and a client that asks it as the gateway would.
@MainActor final class LiveSandbox {
    let service = SandboxService(paceMilliseconds: 0)
    private let listener: Listener
    private let client = HTTPClient()
    let base: String

    init() throws {
        let service = service
        listener = try Listener(bindingTCP: "127.0.0.1", port: 0)
        base = "http://127.0.0.1:\(listener.port)"
        try listener.start { socket, peer in
            let connection = ServerConnection(socket, peer: peer)
            Task { await service.serve(connection) }
        }
    }

    struct Answer {
        let status: Int
        let body: [UInt8]
        /// The stream broke off before its end.
        let isBroken: Bool
        var text: String { String(decoding: body, as: UTF8.self) }
        func json() throws -> JSONValue { try JSONValue(parsing: body) }
    }

    func start(_ method: HTTPMethod, _ path: String, _ fields: [(name: String, value: String)], _ body: [UInt8])
        -> ClientExchange
    {
        client.start(ClientRequest(method: method, url: base + path, fields: fields, body: body))
    }

    func ask(
        _ method: HTTPMethod, _ path: String, _ fields: [(name: String, value: String)] = [], _ body: String = ""
    ) async throws -> Answer {
        let exchange = start(method, path, fields, Array(body.utf8))
        let status = try await exchange.head().status
        var bytes: [UInt8] = []
        do {
            while try await exchange.read(into: &bytes) {}
        } catch {
            return Answer(status: status, body: bytes, isBroken: true)
        }
        return Answer(status: status, body: bytes, isBroken: false)
    }

    func token(_ name: String) async throws -> String {
        let form = "client_id=c&client_secret=s&grant_type=refresh_token&refresh_token=1%2F%2Fsandbox-\(name)"
        let answer = try await ask(.post, "/token", [("Content-Type", "application/x-www-form-urlencoded")], form)
        return try #require(try answer.json()["access_token"]?.string, "\(answer.text)")
    }

    /// Calls a method of Code Assist for an account.
    func call(_ method: String, account: String = "demo", _ body: String) async throws -> Answer {
        let query = method == "streamGenerateContent" ? "?alt=sse" : ""
        return try await ask(.post, "/v1internal:\(method)\(query)", try await headers(account), body)
    }

    func headers(_ account: String) async throws -> [(name: String, value: String)] {
        [("Authorization", "Bearer \(try await token(account))"), ("Content-Type", "application/json")]
    }

    /// A question whose text is `text`.
    func question(_ text: String, account: String = "demo", model: String = "gemini-2.5-flash", id: String) throws
        -> String
    {
        var body = try RequestBody(model: model)
        try body.set("project", "\"sandbox-project-\(account)\"")
        try body.set("requestId", "\"\(id)\"")
        try body.set(
            "request.contents[0].parts[0].text", String(decoding: JSONValue.string(text).serialized, as: UTF8.self))
        return String(decoding: body.bytes, as: UTF8.self)
    }

    func script(_ text: String) async throws {
        let answer = try await ask(.post, "/sandbox/script", [], text)
        check(answer.status, 200, answer.text)
    }

    func stop() {
        listener.stop()
        client.shutdown()
    }
}
