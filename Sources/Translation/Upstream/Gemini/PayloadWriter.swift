import JSON

/// Writes an upstream answer object for clients of Google's own form: as it came, but for what the gateway must change in the
/// parts of its first candidate.
struct PayloadWriter {
    /// One part of the candidate as the client gets it.
    enum Part {
        case unchanged(JSONNode)
        /// The text of the part, cut.
        case text(JSONNode, JSONString)
        /// Text that was held back from parts before.
        case rest(JSONString)
        /// The call in the client's terms.
        case call(JSONNode, ToolCall)
    }

    /// Nil: the parts stay as they are.
    var parts: [Part]?
    /// Added to an answer that does not say itself what identifies it.
    var responseID: JSONString?
    /// The answer has a member `error`, which the client does not get.
    var dropsError = false
    /// Calls that came without an identifier carry the gateway's.
    var addsCallIDs = false

    func payload(of response: JSONNode) -> RawJSON {
        guard parts != nil || responseID != nil || dropsError else { return RawJSON(response) }
        var writer = JSONWriter(reserving: response.withRawBytes { $0.count + 128 })
        writer.beginObject()
        let isRewritten = parts != nil
        if isRewritten { writeCandidates(response["candidates"], into: &writer) }
        for (name, value) in response.members where !name.equals("error") && !(isRewritten && name.equals("candidates"))
        {
            writer.name(name)
            writer.node(value)
        }
        if let responseID { writer.field("responseId", responseID) }
        writer.endObject()
        return RawJSON(bytes: writer.bytes)
    }

    /// An answer object that says this text and nothing else.
    static func payload(saying text: JSONString) -> RawJSON {
        var writer = JSONWriter()
        writer.beginObject()
        PayloadWriter(parts: [.rest(text)]).writeCandidates(nil, into: &writer)
        writer.endObject()
        return RawJSON(bytes: writer.bytes)
    }

    private func writeCandidates(_ list: JSONNode?, into writer: inout JSONWriter) {
        writer.name("candidates")
        writer.beginArray()
        if let list, let first = list.elements.first {
            writeCandidate(first, into: &writer)
            for candidate in list.elements.dropFirst() { writer.node(candidate) }
        } else {
            writer.beginObject()
            writeContent(nil, into: &writer)
            writer.field("index", 0)
            writer.endObject()
        }
        writer.endArray()
    }

    private func writeCandidate(_ candidate: JSONNode, into writer: inout JSONWriter) {
        let content = candidate["content"]
        writer.beginObject()
        if content == nil, parts?.isEmpty == false { writeContent(nil, into: &writer) }
        for (name, value) in candidate.members {
            if name.equals("content") {
                writeContent(value, into: &writer)
            } else {
                writer.name(name)
                writer.node(value)
            }
        }
        writer.endObject()
    }

    private func writeContent(_ content: JSONNode?, into writer: inout JSONWriter) {
        writer.name("content")
        writer.beginObject()
        if content?["role"] == nil { writer.field("role", literal: "model") }
        if let content {
            for (name, value) in content.members where !name.equals("parts") {
                writer.name(name)
                writer.node(value)
            }
        }
        writer.name("parts")
        writer.beginArray()
        for part in parts ?? [] { write(part, into: &writer) }
        writer.endArray()
        writer.endObject()
    }

    private func write(_ part: Part, into writer: inout JSONWriter) {
        switch part {
        case .unchanged(let node): writer.node(node)
        case .rest(let text):
            writer.beginObject()
            writer.field("text", text)
            writer.endObject()
        case .text(let node, let text):
            writer.beginObject()
            for (name, value) in node.members {
                writer.name(name)
                if name.equals("text") { writer.text(text) } else { writer.node(value) }
            }
            writer.endObject()
        case .call(let node, let call):
            writer.beginObject()
            for (name, value) in node.members {
                writer.name(name)
                if name.equals("functionCall") || name.equals("function_call") {
                    write(call, from: value, into: &writer)
                } else {
                    writer.node(value)
                }
            }
            writer.endObject()
        }
    }

    private func write(_ call: ToolCall, from node: JSONNode, into writer: inout JSONWriter) {
        writer.beginObject()
        for (name, value) in node.members {
            writer.name(name)
            if name.equals("name") {
                writer.string(call.name)
            } else if name.equals("args"), call.arguments.bytes.first == UInt8(ascii: "{") {
                writer.raw(call.arguments.bytes)
            } else {
                writer.node(value)
            }
        }
        if addsCallIDs, node["id"] == nil { writer.field("id", call.id) }
        writer.endObject()
    }
}
