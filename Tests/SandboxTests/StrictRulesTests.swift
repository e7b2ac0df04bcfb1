import HTTP
import JSON
import Testing

@testable import Sandbox

@Suite struct StrictRulesTests {
    @Test(arguments: RuleCases.all)
    func `a rule refuses what breaks it, by its name, and nothing else`(example: RuleCase) throws {
        // A case without edits of its own for the good body is about the bad one; its good body is that of another case.
        let good = try example.body(example.accepted)
        if !example.accepted.isEmpty || example.both.isEmpty {
            check(example.verdict(on: good)?.message, nil, "accepted \(example)")
        }
        let bad = example.verdict(on: try example.body(example.refused))
        check(bad?.rule, example.rule, "\(bad?.message ?? "accepted")")
    }

    @Test func `every rule has a case`() {
        let covered = Set(RuleCases.all.map(\.rule))
        let rest = Set(["body-size", "inline-size", "json", "bearer", "request-id-repeated"])
            .union(PublicRulesTests.rules)
        let heads = Set(HeadRules.table.map(\.name))
        for rule in StrictValidator.rules
        where !covered.contains(rule.name) && !rest.contains(rule.name) && !heads.contains(rule.name) {
            Issue.record("no case breaks \(rule.name)")
        }
        check(Set(StrictValidator.rules.map(\.name)).count, StrictValidator.rules.count, "names are unique")
    }

    @Test func `ids, sizes and text that is no JSON`() throws {
        let example = RuleCase("x", refused: [:])
        check(example.verdict(on: try RequestBody(), seen: ["agent-1"])?.rule, "request-id-repeated")
        check(example.verdict(on: try RequestBody(), seen: ["agent-2"])?.rule, nil)
        func rule(_ bytes: [UInt8]) -> String? {
            do throws(Refusal) {
                _ = try StrictValidator.read(.generateContent, body: bytes, project: nil)
                return nil
            } catch {
                return error.rule
            }
        }
        check(rule(Array("{".utf8)), "json")
        check(rule([]), "json")
        check(rule(Array("[]".utf8)), "value-type")
        check(rule([UInt8](repeating: 0x20, count: StrictValidator.bodySizeMaxBytes + 1)), "body-size")
    }

    @Test func `recordings and pictures fit in as long as their base64 has 20 MiB in all`() throws {
        func rule(_ sizes: [Int]) throws -> String? {
            var body = try RequestBody(model: "gemini-2.5-flash")
            for (index, size) in sizes.enumerated() {
                let data = String(repeating: "A", count: size)
                try body.set(
                    "request.contents[0].parts[\(index + 1)].inlineData",
                    #"{"mimeType":"audio/ogg","data":"\#(data)"}"#)
            }
            return RuleCase("x", "gemini-2.5-flash", refused: [:]).verdict(on: body)?.rule
        }
        let most = StrictValidator.inlineSizeMaxBytes
        check(try rule([most]), nil)
        check(try rule([most + 4]), "inline-size")
        check(try rule([most - 4, 8]), "inline-size")
    }

    static let heads: [(rule: String?, target: String, fields: [(String, String)], method: UpstreamCall.Method)] = [
        (
            nil, "/v1internal:streamGenerateContent?alt=sse", [("content-type", "application/json; charset=utf-8")],
            .streamGenerateContent
        ),
        (nil, "/v1internal:generateContent", [("content-type", "Application/JSON")], .generateContent),
        (
            "alt-sse", "/v1internal:streamGenerateContent", [("content-type", "application/json")],
            .streamGenerateContent
        ),
        ("alt-sse", "/v1internal:generateContent?alt=sse", [("content-type", "application/json")], .generateContent),
        ("content-type", "/v1internal:generateContent", [("content-type", "text/plain")], .generateContent),
        ("content-type", "/v1internal:generateContent", [], .generateContent),
        (
            "expect", "/v1internal:generateContent",
            [("content-type", "application/json"), ("expect", "100-continue")], .generateContent
        ),
        ("key-in-url", "/v1internal:generateContent?key=x", [("content-type", "application/json")], .generateContent),
    ]

    @Test(arguments: heads.indices)
    func `heads are held against their rules`(index: Int) {
        let row = Self.heads[index]
        var fields = HTTPFields()
        for field in row.fields { fields.add(field.0, field.1) }
        let head = HTTPRequestHead(method: .post, target: row.target, fields: fields)
        check(HeadRules.refusal(of: head, row.method)?.rule, row.rule, row.target)
    }

    @Test func `a refusal is Google's error body and names its rule`() throws {
        let refusal = Refusal("some-rule", "Broken.", field: "request.x", status: 403)
        let error = try #require(try JSONValue(parsing: refusal.body)["error"])
        check(error["code"]?.int, 403)
        check(error["status"]?.string, "PERMISSION_DENIED")
        check(error["message"]?.string, "Broken. [some-rule]")
        check(error["details"]?.array?.first?["metadata"]?["rule"]?.string, "some-rule")
    }
}
