import JSON
import Testing

@testable import Translation

/// Smaller machines on the way of an answer.
@Suite struct AnswerTests {
    @Test(arguments: [
        ([100, 5, 20, 0, 125, 60], [100, 60, 25, 20]),
        ([100, 10, 40, 0, 150, 0], [100, 0, 50, 40]),
        ([100, 10, 4, 0, 110, 0], [100, 0, 10, 4]),
        ([100, 10, 4, 7, 121, 0], [100, 0, 14, 4]),
        ([100, 10, 4, 7, 117, 0], [100, 0, 10, 4]),
        ([100, 10, 4, 0, 0, 0], [100, 0, 14, 4]),
        ([100, 10, 4, 0, 130, 0], [100, 0, 30, 4]),
        ([0, 0, 0, 0, 0, 5], [0, 0, 0, 0]),
    ])
    func `usage is settled by the total`(counts: [Int], settled: [Int]) throws {
        let names = [
            "promptTokenCount", "candidatesTokenCount", "thoughtsTokenCount", "toolUsePromptTokenCount",
            "totalTokenCount", "cachedContentTokenCount",
        ]
        let members = zip(names, counts).filter { $0.1 != 0 }.map { (name: $0.0, value: JSONValue.int($0.1)) }
        let document = try JSONDocument(parsing: JSONValue.object(JSONObject(members)).serialized)
        let usage = document.walk { UsageReader.read($0) }
        #expect([usage.prompt, usage.cached, usage.output, usage.reasoning] == settled)
    }

    @Test func `an answer is worth another attempt only if it has come to nothing`() {
        func emptiness(_ events: [GenerationEvent]) -> AnswerProgress.Emptiness? {
            var progress = AnswerProgress()
            for event in events { progress.observe(event) }
            return progress.emptiness
        }
        #expect(emptiness([]) == .nothing)
        #expect(emptiness([.start, .usage(TokenUsage())]) == .nothing)
        #expect(emptiness([.finished(.malformedCall)]) == .malformedCall)
        #expect(emptiness([.finished(.missingImage)]) == .missingImage)
        #expect(emptiness([.text("a"), .finished(.malformedCall)]) == nil)
        #expect(emptiness([.finished(.stop)]) == nil)
        #expect(emptiness([.finished(.promptBlocked)]) == nil)
        #expect(emptiness([.finished(.outputLimit)]) == nil)
    }

    @Test(arguments: [
        ("```json\n{\"a\":1}\n```", "{\"a\":1}"), ("```\n[1]\n```\n", "[1]"), ("{\"a\":1}", "{\"a\":1}"),
        ("``", "``"), ("```json", "```json"), ("```json\n{\"a\":\"```\"}", "{\"a\":\"```\"}"), ("", ""),
        ("```json\n{\"a\":\"b\\nc\"}\n```  \n", "{\"a\":\"b\\nc\"}"), ("x```json\n1\n```", "x```json\n1\n```"),
        ("```json {\"a\":1}\n```", "{\"a\":1}"), ("```{\"a\":1}```", "{\"a\":1}"), ("\n ```json\n{}\n```", "{}"),
        ("```JSON\r\n[1]\r\n```\r\n", "[1]"), (" {}", " {}"), ("````json\n{}\n````", "{}"),
    ])
    func `a code fence around JSON goes, in any split`(text: String, bare: String) {
        for seed in 0..<40 {
            var random = Seeded(UInt64(seed))
            var stripper = FenceStripper()
            var out = ""
            var rest = Substring(text)
            while !rest.isEmpty {
                let piece = rest.prefix(1 + random.below(4))
                rest = rest.dropFirst(piece.count)
                out += stripper.feed(JSONString(String(piece))).decoded
            }
            out += stripper.finish().decoded
            #expect(out == bare)
        }
    }

    @Test func `upstream identifiers are kept if they fit and are new in the conversation`() throws {
        let body: JSONValue = [
            "model": "gemini-3-flash", "tools": [["type": "function", "function": ["name": "f"]]],
            "messages": [
                ["role": "user", "content": "Go"],
                ["role": "assistant", "tool_calls": [["id": "old", "function": ["name": "f", "arguments": "{}"]]]],
                ["role": "tool", "tool_call_id": "old", "content": "ok"],
            ],
        ]
        var path = try DialectPath(body)
        let ids = ["new-1", "new-1", "old", "not fit!", String(repeating: "x", count: 41), ""]
        let calls = ids.map { #"{"functionCall":{"name":"f","id":"\#($0)"}}"# }.joined(separator: ",")
        let answer = try path.answer([#"{"response":{"candidates":[{"content":{"parts":[\#(calls)]}}]}}"#])
        let out = answer["choices"]?.array?[0]["message"]?["tool_calls"]?.array?.compactMap { $0["id"]?.string } ?? []
        #expect(out.count == 6 && Set(out).count == 6)
        #expect(out.first == "new-1")
        #expect(out.dropFirst().allSatisfy { $0.wholeMatch(of: #/call_[A-Za-z0-9]{24}/#) != nil })
    }

    @Test func `the client's model name comes back, not the mapped one`() throws {
        var path = try DialectPath(["model": "gpt-4o", "messages": [["role": "user", "content": "Hi"]]])
        let answer = try path.answer([
            #"{"response":{"candidates":[{"content":{"parts":[{"text":"Hi"}]},"finishReason":"STOP"}],"modelVersion":"gemini-2.5-flash"}}"#
        ])
        #expect(answer["model"] == "gpt-4o")
        #expect(try path.upstream()["model"] == "gemini-2.5-flash")
    }

    @Test func `a body without a project has no such member`() throws {
        let body = Array(DialectUnderTest.openAIChat.plainRequest.utf8)
        for project in [nil, ""] as [String?] {
            var path = try DialectPath(body, project: project)
            #expect(try path.upstream()["project"] == nil)
        }
    }
}
