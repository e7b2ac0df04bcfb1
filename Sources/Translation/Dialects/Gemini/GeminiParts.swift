import APIErrors
import JSON

/// Reads one part of a content. A part has one payload; of several the first in this order counts.
enum GeminiParts {
    /// Nil for a part without a payload that anybody knows.
    static func part(_ node: JSONNode) throws(APIFailure) -> Turn.Part? {
        guard node.kind == .object else { throw RequestReading.refuse(node, "must be a part") }
        let signature = node.member("thoughtSignature", "thought_signature")?.text.map(standardBase64)
        let isThought = node["thought"]?.bool == true
        if let text = node["text"], !text.isNull {
            guard let text = text.text else { throw RequestReading.refuse(text, "must be a string") }
            return self.text(text, isThought: isThought, signature: signature)
        }
        if let data = node.given("inlineData", "inline_data") { return try media(data, of: node, signature: signature) }
        if let call = node.given("functionCall", "function_call") { return try self.call(call, signature: signature) }
        if let response = node.given("functionResponse", "function_response") { return try result(response) }
        if let native = try GeminiMembers.nativePart(node, signature: signature) { return .native(native) }
        return signature.map { text("", isThought: isThought, signature: $0) }
    }

    /// The signature in the alphabet that it came in: Google's SDKs hold it as bytes and send it back in the alphabet for URLs.
    ///
    /// Documented words in place of a signature hold `_` too, and stay.
    private static func standardBase64(_ signature: JSONString) -> JSONString {
        let isForURLs = signature.escaped.contains { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
        guard isForURLs, signature.escapedCount >= SignatureRules.lengthMin,
            let standard = Base64.normalize(signature.escaped)
        else { return signature }
        return JSONString(escaped: standard)
    }

    private static func text(_ text: JSONString, isThought: Bool, signature: JSONString?) -> Turn.Part {
        isThought ? .thinking(Thinking(text: text, signature: signature)) : .text(text, signature: signature)
    }

    private static func media(
        _ data: JSONNode, of part: JSONNode, signature: JSONString?
    ) throws(APIFailure) -> Turn.Part {
        let media = try MediaReader.inlineData(data)
        guard let native = GeminiMembers.nativeMedia(media, of: part, signature: signature) else {
            return .media(media)
        }
        return .native(native)
    }

    private static func call(_ node: JSONNode, signature: JSONString?) throws(APIFailure) -> Turn.Part {
        guard node.kind == .object else { throw RequestReading.refuse(node, "must be an object") }
        guard let name = node.word("name"), !name.isEmpty else { throw RequestReading.refuse(node, "has no name") }
        return .toolCall(
            ToolCall(
                id: node.word("id") ?? "", name: name, arguments: ArgumentsReader.read(node["args"]),
                signature: signature))
    }

    private static func result(_ node: JSONNode) throws(APIFailure) -> Turn.Part {
        guard node.kind == .object else { throw RequestReading.refuse(node, "must be an object") }
        var media: [Media] = []
        for part in (try RequestReading.array(node, "parts"))?.elements.map(\.self) ?? [] {
            if let data = part.given("inlineData", "inline_data") {
                media.append(try MediaReader.inlineData(data))
            } else if let file = part.given("fileData", "file_data") {
                throw APIFailure(
                    .unsupported, message: "\(file.path): files by address are not supported, send the data inline",
                    param: file.path)
            }
        }
        return .toolResult(
            ToolResult(
                callID: node.word("id") ?? "", name: node.word("name"), output: output(node["response"]), media: media))
    }

    private static func output(_ node: JSONNode?) -> ToolResult.Output {
        guard let node, !node.isNull else { return .text("") }
        if let text = node.text { return .text(text) }
        guard node.kind != .object else { return .object(RawJSON(node)) }
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("result", node)
        writer.endObject()
        return .object(RawJSON(bytes: writer.bytes))
    }
}
