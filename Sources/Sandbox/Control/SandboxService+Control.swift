import HTTP
import JSON
import Transport

/// The control calls under `/sandbox/`.
extension SandboxService {
    /// Every control call with what it does, for `--help`.
    nonisolated static let controlCalls: [(call: String, meaning: String)] = [
        (
            "GET /sandbox/calls",
            "the last calls with their bodies, and what was rejected; ?since=N ?method=WORD ?bodies=0"
        ),
        ("GET /sandbox/refusals", "how many calls each rule refused, and the last refusals"),
        ("GET /sandbox/rules", "every rule with what it demands"),
        (
            "POST /sandbox/script",
            "answers for calls to come: a script, a list of scripts, or {rules: [scripts]}; the first that matches decides"
        ),
        ("POST /sandbox/account", "{name, revoked, expire_tokens}: revokes, restores, lets tokens expire"),
        ("POST /sandbox/settings", "{pace_ms, token_lifetime_s}"),
        ("POST /sandbox/reset", "forgets scripts, requests, refusals and settings"),
    ]

    func control(_ head: HTTPRequestHead, _ connection: ServerConnection) async {
        let result: (status: Int, body: JSONValue)
        do throws(Refusal) {
            let bytes = head.method == .post ? try await body(connection) : []
            result = try controlAnswer(head, bytes)
        } catch {
            result = (error.status, ["error": .string(error.message)])
        }
        var answer = ResponseHead(status: result.status)
        answer.fields.add("content-type", "application/json")
        await connection.respond(answer, body: result.body.serialized)
    }

    private func controlAnswer(_ head: HTTPRequestHead, _ bytes: [UInt8]) throws(Refusal) -> (
        status: Int, body: JSONValue
    ) {
        let query = head.queryItems
        switch (head.method, head.path) {
        case (.get, "/sandbox/calls"):
            let since = query["since"].flatMap { Int($0) } ?? 0
            return (200, log.json(since: since, withBodies: query["bodies"] != "0", method: query["method"]))
        case (.get, "/sandbox/refusals"): return (200, log.refusalsJSON())
        case (.get, "/sandbox/rules"):
            return (
                200, .array(StrictValidator.rules.map { ["rule": .string($0.name), "demands": .string($0.summary)] })
            )
        case (.post, "/sandbox/script"): return (200, try addScripts(bytes))
        case (.post, "/sandbox/account"): return (200, try changeAccount(try Self.object(bytes)))
        case (.post, "/sandbox/settings"): return (200, try changeSettings(try Self.object(bytes)))
        case (.post, "/sandbox/reset"):
            reset()
            return (200, ["ok": true])
        default:
            throw Refusal("path", "no such control call: \(head.method.name) \(head.path.prefix(200))", status: 404)
        }
    }

    private static func object(_ bytes: [UInt8]) throws(Refusal) -> JSONObject {
        do {
            if let object = try JSONValue(parsing: bytes).object { return object }
        } catch {
            throw Refusal("control", "the body is no JSON: \(error)")
        }
        throw Refusal("control", "an object is expected")
    }

    private func addScripts(_ bytes: [UInt8]) throws(Refusal) -> JSONValue {
        do {
            let value = try JSONValue(parsing: bytes)
            var new: [Script] = []
            for item in value.array ?? value["rules"]?.array ?? [value] { new.append(try Script(item)) }
            try scripts.add(new)
            return ["waiting": .int(scripts.count)]
        } catch let error as ScriptError {
            throw Refusal("control", error.text)
        } catch {
            throw Refusal("control", "the body is no JSON: \(error)")
        }
    }

    private func changeAccount(_ wish: JSONObject) throws(Refusal) -> JSONValue {
        guard let name = wish["name"]?.string, SandboxAccount(name: name) != nil else {
            throw Refusal("control", "name is 1 to 64 lower-case letters, digits and hyphens")
        }
        if let isRevoked = wish["revoked"]?.bool { isRevoked ? accounts.revoke(name) : accounts.restore(name) }
        if wish["expire_tokens"]?.bool == true { accounts.expireTokens(of: name) }
        return ["ok": true]
    }

    private func changeSettings(_ wish: JSONObject) throws(Refusal) -> JSONValue {
        if let pace = wish["pace_ms"]?.int { paceMilliseconds = min(max(0, pace), 60_000) }
        if let lifetime = wish["token_lifetime_s"]?.int {
            accounts.tokenLifetimeSeconds = min(max(0, lifetime), 86_400)
        }
        return ["pace_ms": .int(paceMilliseconds), "token_lifetime_s": .int(accounts.tokenLifetimeSeconds)]
    }
}
