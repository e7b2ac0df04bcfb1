import APIErrors
import JSON

/// Reads content blocks of Anthropic's form (Anthropic API reference, "Messages").
///
/// Blocks that report what Anthropic's own servers did (`server_tool_use`, `web_search_tool_result`, `mcp_tool_use`, ...) mean
/// nothing to another upstream: they are passed over, like kinds of later API versions.
enum BlockReader {
    static func append(_ block: JSONNode, type: String, to parts: inout [Turn.Part]) throws(APIFailure) {
        switch type {
        case "image": parts.append(.media(try media(block, sniffs: true)))
        case "document": try appendDocument(block, to: &parts)
        case "search_result": try appendSearchResult(block, to: &parts)
        case "thinking":
            parts.append(
                .thinking(
                    Thinking(
                        text: try ContentReader.text(block["thinking"]) ?? "",
                        signature: block.given("signature")?.text)))
        case "redacted_thinking": parts.append(.thinking(Thinking(text: "", signature: nil, isRedacted: true)))
        case "tool_use": parts.append(.toolCall(try call(block)))
        case "tool_result": parts.append(.toolResult(try result(block)))
        default: break
        }
    }

    // MARK: Tools

    private static func call(_ block: JSONNode) throws(APIFailure) -> ToolCall {
        guard let name = block.given("name") else { throw RequestReading.refuse(block, "has no name") }
        guard let text = name.string, !text.isEmpty else { throw RequestReading.refuse(name, "must be a name") }
        return ToolCall(
            id: try identifier(block, "id"), name: text, arguments: ArgumentsReader.read(block["input"]))
    }

    private static func result(_ block: JSONNode) throws(APIFailure) -> ToolResult {
        let id = try identifier(block, "tool_use_id")
        let isError = try RequestReading.bool(block, "is_error") ?? false
        if let content = block["content"], content.kind == .object, content["type"]?.string == nil {
            return ToolResult(callID: id, output: .object(RawJSON(content)), isError: isError)
        }
        let parts = try ContentReader.parts(block["content"])
        let media = parts.compactMap { if case .media(let media) = $0 { media } else { nil } }
        return ToolResult(callID: id, output: .text(JoinedText(parts).text), media: media, isError: isError)
    }

    /// Empty when there is none: calls and results then match by order.
    private static func identifier(_ block: JSONNode, _ name: StaticString) throws(APIFailure) -> String {
        guard let node = block.given(name) else { return "" }
        guard let text = node.string else { throw RequestReading.refuse(node, "must be a string") }
        return text
    }

    // MARK: Media and documents

    /// The `source` of a picture or a document that is no text.
    private static func media(_ block: JSONNode, sniffs: Bool) throws(APIFailure) -> Media {
        let source = try source(block)
        switch source.word("type") {
        case "url": return try MediaReader.media(at: source, "url", sniffs: sniffs)
        case "file":
            throw RequestReading.refuse(source, "files by id are not supported, send the data")
        case "base64", nil:
            guard let data = source.given("data"), data.kind == .string else {
                throw RequestReading.refuse(source, "has no data")
            }
            if data.withEscapedContent({ DataURL.isDataURL($0) }) == true {
                return try MediaReader.media(fromURL: data, sniffs: sniffs)
            }
            let bytes = try MediaReader.base64(data)
            let named = source.word("media_type").map { sniffs ? MediaType.ofImage(named: $0) ?? $0 : $0 }
            let type = named ?? MediaType.sniff(bytes)
            return Media(mimeType: type ?? (sniffs ? "image/png" : "application/pdf"), data: bytes)
        default: throw RequestReading.refuse(source, "must be base64 or a URL")
        }
    }

    private static func source(_ block: JSONNode) throws(APIFailure) -> JSONNode {
        guard let source = try RequestReading.object(block, "source") else {
            throw RequestReading.refuse(block, "has no source")
        }
        return source
    }

    private static func appendDocument(_ block: JSONNode, to parts: inout [Turn.Part]) throws(APIFailure) {
        let source = try source(block)
        switch source.word("type") {
        case "text":
            append(try ContentReader.text(source["data"]) ?? "", titleOf: block, to: &parts)
        case "content":
            let content = try ContentReader.parts(source["content"])
            let text = JoinedText(content).text
            if !text.isEmpty { append(text, titleOf: block, to: &parts) }
            parts += content.filter { if case .media = $0 { true } else { false } }
        default:
            let media = try media(block, sniffs: false)
            guard media.mimeType.hasPrefix("text/") else { return parts.append(.media(media)) }
            let bytes = media.data.withBytes { Base64.decode($0) } ?? []
            append(JSONString(String(decoding: bytes, as: UTF8.self)), titleOf: block, to: &parts)
        }
    }

    private static func appendSearchResult(_ block: JSONNode, to parts: inout [Turn.Part]) throws(APIFailure) {
        var lines = ["title", "source"].compactMap { block.member($0)?.text }
        lines.append(JoinedText(try ContentReader.parts(block["content"])).text)
        let text = JoinedText(lines.filter { !$0.isEmpty }.map { .text($0) }).text
        if !text.isEmpty { parts.append(.text(text)) }
    }

    /// The text of a document below its title.
    private static func append(_ text: JSONString, titleOf block: JSONNode, to parts: inout [Turn.Part]) {
        var lines: [Turn.Part] = []
        if let title = block.given("title")?.text, !title.isEmpty { lines.append(.text(title)) }
        if !text.isEmpty { lines.append(.text(text)) }
        if !lines.isEmpty { parts.append(.text(JoinedText(lines).text)) }
    }
}
