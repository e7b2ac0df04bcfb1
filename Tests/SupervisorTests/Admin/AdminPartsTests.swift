import HTTP
import JSON
import Scheduling
import Testing

@testable import Supervisor

/// The parts of the admin API that need no connection.
@Suite struct AdminPartsTests {
    struct Body: Sendable, CustomTestStringConvertible {
        let text: String
        var type: String?
        let code: AdminError.Code?
        var testDescription: String { "\(text) \(type ?? "-")" }
    }

    static let bodies: [Body] = [
        Body(text: "", code: nil), Body(text: "", type: "text/plain", code: nil), Body(text: "{}", code: nil),
        Body(text: "{}", type: "application/json", code: nil),
        Body(text: "{}", type: "Application/JSON; charset=utf-8", code: nil),
        Body(text: "{}", type: "application/merge-patch+json", code: nil),
        Body(text: "{}", type: "text/plain", code: .unsupportedMediaType),
        Body(text: "{}", type: "application/x-www-form-urlencoded", code: .unsupportedMediaType),
        Body(text: "{", code: .invalidJSON), Body(text: #"{"a":secret}"#, code: .invalidJSON),
        Body(text: "[]", code: .invalidRequest), Body(text: "null", code: .invalidRequest),
    ]

    @Test(arguments: bodies)
    func `a body is an object, or the refusal says what it is`(row: Body) {
        do throws(AdminError) {
            _ = try AdminBody.parse(Array(row.text.utf8), contentType: row.type)
            expect(nil, row.code, "code")
        } catch {
            expect(error.code, row.code, "code")
            expect(
                String(decoding: AdminAnswer(error).body, as: UTF8.self).contains("secret"), false, "repeats the body")
        }
    }

    static func request(_ body: JSONObject) -> AdminRequest {
        AdminRequest(head: HTTPRequestHead(method: .post, target: "/api/x"), parameters: [:], body: body)
    }

    @Test func `members are taken in both spellings, and camelCase wins`() throws {
        expect(try Self.request(["refresh_token": " a "]).text("refreshToken", length: 1...9), "a", "snake_case")
        expect(
            try Self.request(["refreshToken": "b", "refresh_token": "a"]).text("refreshToken", length: 1...9), "b",
            "both")
        expect(try Self.request(["refreshToken": .null]).text("refreshToken", length: 1...9), nil, "null")
        for value: JSONValue in ["", "   ", 5, [], "too long a text"] {
            do throws(AdminError) {
                _ = try Self.request(["refreshToken": value]).text("refreshToken", length: 1...9)
                Issue.record("\(value) was taken")
            } catch {
                expect(error.details?["field"], "refreshToken", "field")
            }
        }
    }

    struct Door: Sendable {
        let fields: [(String, String)]
        var secret = "secret"
        let isOpen: Bool
    }

    static let doors: [Door] = [
        Door(fields: [], isOpen: false), Door(fields: [("x-admin-token", "secret")], isOpen: true),
        Door(fields: [("authorization", "bearer secret")], isOpen: true),
        Door(fields: [("authorization", "secret")], isOpen: true),
        Door(fields: [("authorization", "Bearer wrong"), ("x-api-key", "secret")], isOpen: true),
        Door(fields: [("x-goog-api-key", "secret")], isOpen: true),
        Door(fields: [("x-admin-token", "secre")], isOpen: false),
        Door(fields: [("x-admin-token", "secretx")], isOpen: false),
        Door(fields: [("x-admin-token", "")], secret: "", isOpen: false),
        Door(fields: [], secret: "", isOpen: false),
    ]

    @Test(arguments: doors.indices)
    func `only the secret opens, at any of its places, and an empty one opens nothing`(row: Int) {
        var fields = HTTPFields()
        for (name, value) in Self.doors[row].fields { fields.add(name, value) }
        let head = HTTPRequestHead(method: .get, target: "/api/accounts?key=secret", fields: fields)
        expect(AdminGuard.isOpen(head, to: Self.doors[row].secret, at: .admin), Self.doors[row].isOpen, "row \(row)")
    }

    @Test func `a refusal has one shape, and its status and fields are the code's`() {
        let expected: [(AdminError.Code, Int)] = [
            (.invalidJSON, 400), (.invalidRequest, 400), (.invalidGrant, 400), (.unauthorized, 401), (.notFound, 404),
            (.methodNotAllowed, 405), (.payloadTooLarge, 413), (.unsupportedMediaType, 415), (.internalError, 500),
            (.upstreamError, 502), (.stateUnavailable, 503), (.upstreamTimeout, 504), (.storageFull, 507),
        ]
        for (code, status) in expected { expect(AdminAnswer(AdminError(code, "x")).status, status, "\(code)") }
        let answer = AdminAnswer(AdminError(.unauthorized, "no", details: ["a": 1]))
        expect(
            String(decoding: answer.body, as: UTF8.self), #"{"error":"no","code":"unauthorized","details":{"a":1}}"#,
            "body")
        expect(answer.head.fields["www-authenticate"], #"Bearer realm="admin""#, "field")
        expect(answer.head.fields["cache-control"], "no-store", "field")
        expect(
            AdminAnswer(AdminError(.methodNotAllowed, "no", allow: [.get, .head])).head.fields["allow"], "GET, HEAD",
            "allow")
    }

    @Test func `a full disk and a busy database are told apart from faults, without their details`() {
        expect(AdminError.storage(.full).code, .storageFull, "full")
        expect(AdminError.storage(.busy).code, .stateUnavailable, "busy")
        let fault = AdminError.storage(.failed(code: 1, text: "near secret: syntax error"))
        expect(fault.code, .internalError, "fault")
        expect(fault.message.contains("secret"), false, "details")
    }

    @Test func `an account is shown with every member and without a secret`() {
        var account = Account(id: "id", kind: .codeAssist, email: "a@example.com", createdAt: 1, lastUsed: 2)
        account.token = AccountToken(
            accessToken: "ya29.secret", refreshToken: "1//secret", tokenType: "Bearer", expiresInSeconds: 3600,
            expiresAt: 9)
        account.apiKey = "AIza-secret"
        account.deviceProfile = DeviceProfile(
            machineID: "secret", macMachineID: "b", devDeviceID: "c", sqmID: "d")
        let json = AccountAnswer.json(account, isCurrent: true)
        expect(String(decoding: json.serialized, as: UTF8.self).contains("secret"), false, "secret")
        let names = [
            "id", "email", "name", "is_current", "disabled", "disabled_reason", "disabled_at", "proxy_disabled",
            "proxy_disabled_reason", "proxy_disabled_at", "protected_models", "quota", "device_bound", "last_used",
            "created_at", "token_expires_at", "has_project", "kind", "state", "state_reason", "state_until",
            "validation_url", "locks",
        ]
        expect(Set(json.object?.members.map(\.name) ?? []), Set(names), "members")
    }
}
