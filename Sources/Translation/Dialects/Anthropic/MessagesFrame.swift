import HTTP
import JSON

/// Writes the events of a message stream, and knows the index of the block that is written. Each event names its type twice,
/// since clients go by the `event` line.
///
/// A delta of a text is copied between two halves: the one in front is prebuilt when its block opens.
struct MessagesFrame {
    private var index = 0
    private var deltaStart: [UInt8] = []

    private static let thinkingDelta = #","delta":{"type":"thinking_delta","thinking":""#
    private static let textDelta = #","delta":{"type":"text_delta","text":""#
    private static let end = Array("\"}}\n\n".utf8)

    private static func deltaHead(_ index: Int, _ delta: String) -> [UInt8] {
        Array("event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":\(index)\(delta)".utf8)
    }

    /// No block has been written yet.
    var isEmpty: Bool { index == 0 }

    /// A delta of the text or thinking that is open: three copies.
    func appendDelta(_ text: JSONString, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: deltaStart)
        bytes.append(contentsOf: text.escaped)
        bytes.append(contentsOf: Self.end)
    }

    /// - Parameter identifiers: for the search that a step may report.
    mutating func append(_ step: MessagesBlocks.Step, identifiers: IdentifierSource, to bytes: inout [UInt8]) {
        switch step {
        case .openThinking:
            deltaStart = Self.deltaHead(index, Self.thinkingDelta)
            appendStart(to: &bytes) { $0.tokens(#""type":"thinking","thinking":"","signature":"""#) }
        case .openText:
            deltaStart = Self.deltaHead(index, Self.textDelta)
            appendStart(to: &bytes) { $0.tokens(#""type":"text","text":"""#) }
        case .thinking(let text), .text(let text): appendDelta(text, to: &bytes)
        case .signature(let signature):
            appendDelta(to: &bytes) { writer in
                writer.field("type", literal: "signature_delta")
                writer.field("signature", signature)
            }
        case .citation(let citation):
            appendDelta(to: &bytes) { writer in
                writer.field("type", literal: "citations_delta")
                writer.name("citation")
                citation.write(into: &writer)
            }
        case .close: appendStop(to: &bytes)
        case .call(let call): append(call, to: &bytes)
        case .search(let search):
            append(search, id: "srvtoolu_" + identifiers(CallIdentifierForm.randomCount), to: &bytes)
        }
    }

    /// An event without more than its type.
    static func append(_ type: StaticString, to bytes: inout [UInt8]) {
        append(type, to: &bytes) { _ in }
    }

    static func append(_ type: StaticString, to bytes: inout [UInt8], _ members: (inout JSONWriter) -> Void) {
        bytes.append(contentsOf: "event: ".utf8)
        type.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: "\ndata: ".utf8)
        JSONWriter.append(to: &bytes) { writer in
            writer.beginObject()
            writer.field("type", literal: type)
            members(&writer)
            writer.endObject()
        }
        bytes.append(contentsOf: [0x0A, 0x0A])
    }

    // MARK: Blocks

    /// A call: its arguments come whole.
    private mutating func append(_ call: ToolCall, to bytes: inout [UInt8]) {
        appendToolStart("tool_use", id: call.id, name: call.name, to: &bytes)
        appendInput(call.arguments.bytes, to: &bytes)
        appendStop(to: &bytes)
    }

    private mutating func append(_ search: MessagesSearch, id: String, to bytes: inout [UInt8]) {
        appendToolStart("server_tool_use", id: id, name: "web_search", to: &bytes)
        var input = JSONWriter()
        input.beginObject()
        input.field("query", search.query)
        input.endObject()
        appendInput(input.bytes[...], to: &bytes)
        appendStop(to: &bytes)
        appendStart(to: &bytes) { writer in
            writer.field("type", literal: "web_search_tool_result")
            writer.field("tool_use_id", id)
            search.writeResults(into: &writer)
        }
        appendStop(to: &bytes)
    }

    private func appendToolStart(_ type: StaticString, id: String, name: String, to bytes: inout [UInt8]) {
        appendStart(to: &bytes) { writer in
            writer.field("type", literal: type)
            writer.field("id", id)
            writer.field("name", name)
            writer.name("input")
            writer.beginObject()
            writer.endObject()
        }
    }

    private func appendInput(_ json: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
        appendDelta(to: &bytes) { writer in
            writer.field("type", literal: "input_json_delta")
            writer.field("partial_json", JSONString(escaped: JSONEscaping.escape(json)))
        }
    }

    private func appendStart(to bytes: inout [UInt8], _ block: (inout JSONWriter) -> Void) {
        Self.append("content_block_start", to: &bytes) { writer in
            writer.field("index", index)
            writer.name("content_block")
            writer.beginObject()
            block(&writer)
            writer.endObject()
        }
    }

    private func appendDelta(to bytes: inout [UInt8], _ delta: (inout JSONWriter) -> Void) {
        Self.append("content_block_delta", to: &bytes) { writer in
            writer.field("index", index)
            writer.name("delta")
            writer.beginObject()
            delta(&writer)
            writer.endObject()
        }
    }

    private mutating func appendStop(to bytes: inout [UInt8]) {
        Self.append("content_block_stop", to: &bytes) { $0.field("index", index) }
        index += 1
    }
}
