import APIErrors
import HTTP
import Testing

@testable import Worker

/// Who may use the AI endpoints. The key is `sk-right`.
struct AccessGateTests {
    struct Case: CustomTestStringConvertible {
        let name: String
        var authentication = WorkerSnapshot.Authentication.required
        var hasKey = true
        var hosts: [String] = []
        var target = "/v1/models"
        var isGeminiPath = false
        var fields: [(String, String)] = []
        let refused: Situation?

        var testDescription: String { name }
    }

    static let bearer = ("Authorization", "Bearer sk-right")

    static let cases: [Case] = [
        Case(name: "no credential", refused: .unauthorized),
        Case(name: "right key", fields: [bearer], refused: nil),
        Case(name: "scheme in lower case", fields: [("authorization", "bearer sk-right")], refused: nil),
        Case(name: "x-api-key", fields: [("x-api-key", "sk-right")], refused: nil),
        Case(name: "x-goog-api-key", fields: [("x-goog-api-key", "sk-right")], refused: nil),
        Case(name: "admin header opens nothing", fields: [("x-admin-token", "sk-right")], refused: .unauthorized),
        Case(name: "one of two matches", fields: [("x-api-key", "wrong"), bearer], refused: nil),
        Case(name: "wrong key", fields: [("x-api-key", "sk-righ")], refused: .unauthorized),
        Case(name: "no key is set", hasKey: false, fields: [bearer], refused: .unauthorized),
        Case(name: "an empty key is no key", hasKey: false, fields: [("x-api-key", "")], refused: .unauthorized),
        Case(name: "query on a Gemini path", target: "/v1beta/models?key=sk-right", isGeminiPath: true, refused: nil),
        Case(name: "query elsewhere", target: "/v1/models?key=sk-right", refused: .unauthorized),
        Case(name: "off, this machine", authentication: .off, fields: [("Host", "127.0.0.1:8045")], refused: nil),
        Case(name: "off, IPv6", authentication: .off, fields: [("Host", "[::1]:8045")], refused: nil),
        Case(name: "off, localhost", authentication: .off, fields: [("Host", "LocalHost")], refused: nil),
        Case(name: "off, no host", authentication: .off, refused: .forbidden),
        Case(
            name: "off, a name that points here", authentication: .off, fields: [("Host", "evil.example")],
            refused: .forbidden),
        Case(
            name: "off, that name with the key", authentication: .off, fields: [("Host", "evil.example"), bearer],
            refused: .forbidden),
        Case(
            name: "off, not quite an address", authentication: .off, fields: [("Host", "127.0.0.1.evil.example")],
            refused: .forbidden),
        Case(
            name: "off, a configured name", authentication: .off, hosts: ["Gateway.lan"],
            fields: [("Host", "gateway.lan:80")], refused: nil),
        Case(
            name: "off, own page", authentication: .off,
            fields: [("Host", "localhost:8045"), ("Origin", "http://localhost:8045")], refused: nil),
        Case(
            name: "off, foreign page", authentication: .off,
            fields: [("Host", "localhost:8045"), ("Origin", "http://evil.example")], refused: .unauthorized),
        Case(
            name: "off, page of another port", authentication: .off,
            fields: [("Host", "localhost:8045"), ("Origin", "http://localhost:3000")], refused: .unauthorized),
        Case(
            name: "off, origin null", authentication: .off, fields: [("Host", "localhost"), ("Origin", "null")],
            refused: .unauthorized),
        Case(
            name: "off, cross-site", authentication: .off,
            fields: [("Host", "localhost"), ("Sec-Fetch-Site", "cross-site")], refused: .unauthorized),
        Case(
            name: "off, foreign page with the key", authentication: .off,
            fields: [("Host", "localhost"), ("Origin", "http://app.example"), bearer], refused: nil),
    ]

    @Test("who may use the AI endpoints", arguments: cases)
    func access(_ row: Case) {
        var document = WorkerSnapshot.Document()
        document.authentication = row.authentication
        document.apiKeyDigest = row.hasKey ? SnapshotExamples.keyDigest : nil
        document.hosts = row.hosts
        var fields = HTTPFields()
        for (name, value) in row.fields { fields.add(name, value) }
        let head = HTTPRequestHead(method: .get, target: row.target, fields: fields)
        let refusal = AccessGate(document).refusal(of: head, isGeminiPath: row.isGeminiPath)
        #expect(refusal?.situation == row.refused)
    }
}
