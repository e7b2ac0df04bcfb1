import HTTP
import Testing

@testable import Supervisor

/// The CORS protocol on the admin API.
@Suite struct ForeignPagesTests {
    struct Ask: Sendable, CustomTestStringConvertible {
        let what: String
        var method = HTTPMethod.options
        var path = "/api/config"
        var listed = ["https://console.lan", "http://10.0.0.2:3000"]
        var fields = ["origin": "https://console.lan", "access-control-request-method": "PATCH"]
        /// Fields of the answer; a preflight's status and fields are nil when it is treated as any other request.
        let answered: String
        var preflight: String?
        var testDescription: String { what }
    }

    static let all = "GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS"
    static let own = "Access-Control-Allow-Origin: https://console.lan; Vary: Origin"
    static let allowed = "204 Allow: \(all); Access-Control-Allow-Methods: \(all); Access-Control-Max-Age: 3600"

    static let asks: [Ask] = [
        Ask(what: "a preflight", answered: own, preflight: allowed),
        Ask(
            what: "a preflight that names headers",
            fields: [
                "origin": "https://console.lan", "access-control-request-method": "GET",
                "access-control-request-headers": "authorization,x-admin-token",
            ], answered: own, preflight: allowed + "; Access-Control-Allow-Headers: authorization,x-admin-token"),
        Ask(what: "a preflight of an unknown path", path: "/api/nothing", answered: own, preflight: allowed),
        Ask(what: "plain OPTIONS", fields: ["origin": "https://console.lan"], answered: own),
        Ask(what: "a request", method: .get, fields: ["origin": "https://console.lan"], answered: own),
        Ask(
            what: "the second page", method: .get, fields: ["origin": "http://10.0.0.2:3000"],
            answered: "Access-Control-Allow-Origin: http://10.0.0.2:3000; Vary: Origin"),
        Ask(what: "no page", method: .get, fields: [:], answered: "Vary: Origin"),
        Ask(
            what: "a page that is not listed", fields: ["origin": "https://console.lan.evil"], answered: "Vary: Origin"),
        Ask(what: "another scheme", fields: ["origin": "http://console.lan"], answered: "Vary: Origin"),
        Ask(what: "another port", fields: ["origin": "https://console.lan:1"], answered: "Vary: Origin"),
        Ask(what: "nobody is listed", listed: [], answered: ""),
        Ask(what: "another group", path: "/v1/models", answered: ""),
        Ask(what: "the front page", path: "/", answered: ""),
    ]

    @Test(arguments: asks)
    func `only a listed page may read what the admin API answers`(ask: Ask) {
        var fields = HTTPFields()
        for (name, value) in ask.fields { fields.add(name, value) }
        let head = HTTPRequestHead(method: ask.method, target: ask.path, fields: fields)
        let pages = ForeignPages(origins: ask.listed)
        expect(Self.text(pages.fields(for: head)), ask.answered, "fields")
        let preflight = pages.preflight(head).map { "\($0.status) \(Self.text($0.fields))" }
        expect(preflight, ask.preflight, "preflight")
    }

    static func text(_ fields: [(name: StaticString, value: String)]) -> String {
        fields.map { "\($0.name): \($0.value)" }.joined(separator: "; ")
    }
}
