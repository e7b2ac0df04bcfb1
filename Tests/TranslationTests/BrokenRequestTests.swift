import APIErrors
import JSON
import Testing

@testable import Translation

/// Recorded requests of each dialect with a few places changed at random.
@Suite struct BrokenRequestTests {
    static let cases: [(DialectUnderTest, String)] = [DialectUnderTest.openAIResponses, .openAICompletions, .cursor]
        .flatMap {
            dialect in
            Fixtures.cases(in: "requests/\(dialect.name)", ending: ".json")
                .filter { !$0.hasSuffix(".upstream") }.map { (dialect, $0) }
        }

    private static let vocabulary = [
        "model", "input", "role", "content", "type", "text", "message", "reasoning", "summary", "encrypted_content",
        "function_call", "function_call_output", "custom_tool_call", "local_shell_call", "local_shell_call_output",
        "item_reference", "call_id", "id", "output", "name", "namespace", "arguments", "action", "status", "incomplete",
        "tools", "parameters", "custom", "user", "assistant", "developer", "prompt", "echo", "n", "input_image",
        "image_url", "data:image/png;base64,iVBORw0KGgo=", "data:,", "g1:", "{}", "[", "max_output_tokens",
        "[undefined]", "messages", "system", "tool_use", "tool_result", "tool_calls", "thinking", "input_schema",
        "top_k",
    ]

    @Test(arguments: cases)
    func `a broken request is served by the rules or refused`(dialect: DialectUnderTest, name: String) throws {
        let whole = try JSONValue(parsing: try Fixtures.read("requests/\(dialect.name)/\(name).json"))
        var random = Seeded(name.utf8.reduce(0) { $0 &* 31 &+ UInt64($1) })
        for round in 0..<150 {
            var body = whole
            for _ in 0...random.below(3) { body = random.mutated(body, vocabulary: Self.vocabulary) }
            do {
                var path = try DialectPath(body, as: dialect.dialect)
                for choice in 0..<min(path.request.choiceCount, 3) {
                    let upstream = try path.codec.encodeRequest(path.request.forChoice(choice), target: path.target)
                    try UpstreamRules(isClaude: path.target.model.isClaude).check(try JSONValue(parsing: upstream))
                }
                // The check is that of a single answer.
                if path.request.choiceCount == 1 { try dialect.check(Array(try path.stream([]).utf8)) }
            } catch let failure as APIFailure {
                #expect([400, 404, 413].contains(failure.status(in: .openAI)), "\(failure)")
            } catch {
                Issue.record("round \(round): \(error) for \(String(decoding: body.serialized, as: UTF8.self))")
                return
            }
        }
    }
}
