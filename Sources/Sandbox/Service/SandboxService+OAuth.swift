import GoogleAPI
import HTTP
import JSON
import Platform
import Transport

/// Tokens, userinfo and the consent page.
extension SandboxService {
    /// `POST /token`: both grants. Refresh tokens are `1//sandbox-NAME`, codes `4/sandbox-NAME`.
    func token(
        _ head: HTTPRequestHead, _ connection: ServerConnection, _ record: RequestRecord
    ) async throws(Refusal) -> AnswerPlan {
        let type = head.fields["content-type"] ?? ""
        let form = QueryItems(decoding: String(decoding: try await body(connection), as: UTF8.self))
        let refreshToken = form["refresh_token"] ?? ""
        let code = form["code"] ?? ""
        let name =
            refreshToken.hasPrefix(SandboxAccount.refreshTokenPrefix)
            ? String(refreshToken.dropFirst(SandboxAccount.refreshTokenPrefix.count))
            : String(code.dropFirst(SandboxAccount.codePrefix.count))
        record.account = SandboxAccount(name: name)?.name
        if let scripted = scripts.take("token", account: record.account) {
            return scripted.plan(writer(model: ""), isStream: false)
        }
        guard type.hasPrefix(FormEncoding.contentType) else {
            return Self.oauthError("invalid_request", "wrong content type")
        }
        guard let id = form["client_id"], !id.isEmpty, let secret = form["client_secret"], !secret.isEmpty,
            !id.hasPrefix("bad")
        else { return Self.oauthError("invalid_client", "The OAuth client was not found.", status: 401) }
        switch form["grant_type"] {
        case "refresh_token":
            guard let account = accounts.account(refreshToken: refreshToken) else {
                return Self.oauthError("invalid_grant", "Token has been expired or revoked.")
            }
            return granted(to: account, withRefreshToken: false)
        case "authorization_code":
            return exchange(code, SandboxAccount(name: name), redirectURI: form["redirect_uri"] ?? "")
        default: return Self.oauthError("unsupported_grant_type", "Invalid grant_type.")
        }
    }

    /// A code serves once and only with the address it was given for.
    private func exchange(_ code: String, _ account: SandboxAccount?, redirectURI: String) -> AnswerPlan {
        guard code.hasPrefix(SandboxAccount.codePrefix), let account, !accounts.isSpent(code: code) else {
            return Self.oauthError("invalid_grant", "Malformed auth code.")
        }
        guard !redirectURI.isEmpty else {
            return Self.oauthError("invalid_request", "Missing parameter: redirect_uri")
        }
        let consent = accounts.consent(for: code)
        if let consent, consent.redirectURI != redirectURI {
            return Self.oauthError("redirect_uri_mismatch", "Bad Request")
        }
        accounts.spend(code: code)
        return granted(to: account, withRefreshToken: consent?.isOffline != false && !account.has(.norefresh))
    }

    private func granted(to account: SandboxAccount, withRefreshToken: Bool) -> AnswerPlan {
        var answer: JSONObject = [
            "access_token": .string(accounts.issue(to: account, now: WallClock.unixSeconds)),
            "expires_in": .int(accounts.tokenLifetimeSeconds),
            "scope": "https://www.googleapis.com/auth/cloud-platform",
            "token_type": "Bearer",
        ]
        if withRefreshToken { answer.append("refresh_token", .string(account.refreshToken)) }
        return .whole(200, JSONValue.object(answer).serialized)
    }

    private static func oauthError(_ code: String, _ text: String, status: Int = 400) -> AnswerPlan {
        .whole(status, (["error": .string(code), "error_description": .string(text)] as JSONValue).serialized)
    }

    func revoke(_ head: HTTPRequestHead, _ connection: ServerConnection) async throws(Refusal) -> AnswerPlan {
        let form = QueryItems(decoding: String(decoding: try await body(connection), as: UTF8.self))
        guard let account = accounts.account(refreshToken: form["token"] ?? "") else {
            return Self.oauthError("invalid_token", "Token expired or revoked")
        }
        accounts.revoke(account.name)
        return .whole(200, Array("{}".utf8))
    }

    func userinfo(_ head: HTTPRequestHead, _ record: RequestRecord) throws(Refusal) -> AnswerPlan {
        let account = try account(head, record)
        if let scripted = scripts.take("userinfo", account: account.name) {
            return scripted.plan(writer(model: ""), isStream: false)
        }
        let answer: JSONValue = [
            "id": .string("1\(account.name.utf8.count)0000000000000000000"), "email": .string(account.email),
            "verified_email": true, "name": .string(account.displayName), "given_name": .string(account.displayName),
            "picture": "https://lh3.googleusercontent.com/a/sandbox",
        ]
        return .whole(200, answer.serialized)
    }

    /// The consent page says yes at once: back to the caller with a code. `login_hint` chooses the account, else `demo`;
    /// the name `denied` says no. As Google does, it sends nobody back over clear text but to the browser's own machine.
    func consent(_ head: HTTPRequestHead) -> AnswerPlan {
        let query = head.queryItems
        guard let target = query["redirect_uri"], Self.isAllowed(redirectURI: target) else {
            return .whole(400, Array("redirect_uri_mismatch".utf8))
        }
        guard query["client_id"]?.isEmpty == false, query["response_type"] == "code", query["scope"]?.isEmpty == false
        else { return .whole(400, Array("invalid_request".utf8)) }
        let name = String((query["login_hint"] ?? "demo").prefix { $0 != "@" })
        let code = SandboxAccount.codePrefix + name
        if name != "denied" {
            accounts.give(
                code: code,
                for: AccountBook.Consent(
                    redirectURI: target,
                    isOffline: query["access_type"] == "offline" && query["prompt"] == "consent"))
        }
        let answer = name == "denied" ? ("error", "access_denied") : ("code", code)
        let fields = FormEncoding.encode([answer, ("state", query["state"] ?? "")])
        var plan = AnswerPlan.whole(302, [])
        plan.headers = [("location", "\(target)\(target.contains("?") ? "&" : "?")\(fields)")]
        return plan
    }

    private static func isAllowed(redirectURI: String) -> Bool {
        if redirectURI.hasPrefix("https://") { return true }
        return ["localhost", "127.0.0.1", "[::1]"].contains { host in
            redirectURI.hasPrefix("http://\(host):") || redirectURI.hasPrefix("http://\(host)/")
        }
    }
}
