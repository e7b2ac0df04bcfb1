import APIErrors
import JSON

/// The members of a request that its response repeats, with the defaults of those that were not given.
///
/// Source: OpenAI API reference, "The response object".
enum ResponseEcho {
    /// Complete pairs with commas between.
    static func members(of body: JSONNode) throws(APIFailure) -> [UInt8] {
        var writer = JSONWriter(reserving: 512 + (body.given("tools")?.withRawBytes { $0.count } ?? 0))
        writer.beginObject()
        write("instructions", body.given("instructions"), orElse: "null", into: &writer)
        write("max_output_tokens", body.given("max_output_tokens"), orElse: "null", into: &writer)
        write("parallel_tool_calls", body.given("parallel_tool_calls"), orElse: "true", into: &writer)
        write("previous_response_id", nil, orElse: "null", into: &writer)
        writeReasoning(try RequestReading.object(body, "reasoning"), into: &writer)
        writer.field("store", false)
        write("temperature", body.given("temperature"), orElse: "1.0", into: &writer)
        writeText(try RequestReading.object(body, "text"), into: &writer)
        write("tool_choice", body.given("tool_choice"), orElse: #""auto""#, into: &writer)
        write("tools", body.given("tools"), orElse: "[]", into: &writer)
        write("top_p", body.given("top_p"), orElse: "1.0", into: &writer)
        write("truncation", body.given("truncation"), orElse: #""disabled""#, into: &writer)
        write("user", body.given("user"), orElse: "null", into: &writer)
        write("metadata", try RequestReading.object(body, "metadata"), orElse: "{}", into: &writer)
        writer.endObject()
        return Array(writer.bytes.dropFirst().dropLast())
    }

    private static func writeReasoning(_ node: JSONNode?, into writer: inout JSONWriter) {
        writer.name("reasoning")
        writer.beginObject()
        write("effort", node?.given("effort"), orElse: "null", into: &writer)
        write("summary", node?.given("summary"), orElse: "null", into: &writer)
        writer.endObject()
    }

    private static func writeText(_ node: JSONNode?, into writer: inout JSONWriter) {
        writer.name("text")
        writer.beginObject()
        write("format", node?.given("format"), orElse: #"{"type":"text"}"#, into: &writer)
        if let verbosity = node?.given("verbosity") { writer.field("verbosity", verbosity) }
        writer.endObject()
    }

    private static func write(
        _ name: StaticString, _ node: JSONNode?, orElse other: StaticString, into writer: inout JSONWriter
    ) {
        writer.name(name)
        if let node { writer.node(node) } else { other.withUTF8Buffer { writer.raw($0) } }
    }
}
