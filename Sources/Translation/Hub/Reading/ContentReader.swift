import APIErrors
import JSON

/// Reads the content of a message: a string, one part, or an array of parts, in OpenAI's forms and in Anthropic's.
enum ContentReader {
    static func parts(_ node: JSONNode?) throws(APIFailure) -> [Turn.Part] {
        guard let node, !node.isNull else { return [] }
        if let text = node.text { return text.isEmpty ? [] : [.text(text)] }
        var parts: [Turn.Part] = []
        switch node.kind {
        case .object: try append(part: node, to: &parts)
        case .array:
            parts.reserveCapacity(min(node.count, 4))
            for element in node.elements {
                if element.kind == .string {
                    append(text: element.text, to: &parts)
                } else {
                    try append(part: element, to: &parts)
                }
            }
        default: throw RequestReading.refuse(node, "must be a string or an array of parts")
        }
        return parts
    }

    private static func append(text: JSONString?, to parts: inout [Turn.Part]) {
        if let text, !text.isEmpty { parts.append(.text(text)) }
    }

    private static func append(part: JSONNode, to parts: inout [Turn.Part]) throws(APIFailure) {
        guard part.kind == .object else { throw RequestReading.refuse(part, "must be an object") }
        guard let type = part["type"], !type.isNull else {
            return append(text: try text(part["text"]), to: &parts)
        }
        guard type.kind == .string else { throw RequestReading.refuse(type, "must be a string") }
        switch type.string ?? "" {
        case "text", "input_text", "output_text": append(text: try text(part["text"]), to: &parts)
        case "refusal": append(text: try text(part["refusal"]), to: &parts)
        case "image_url", "input_image": parts.append(.media(try image(part)))
        case "video_url": parts.append(.media(try MediaReader.media(at: part, "video_url", sniffs: false)))
        case "input_audio": parts.append(.media(try MediaReader.audio(part)))
        case "file", "input_file": parts.append(.media(try MediaReader.file(part)))
        case let word: try BlockReader.append(part, type: word, to: &parts)
        }
    }

    static func text(_ node: JSONNode?) throws(APIFailure) -> JSONString? {
        guard let node, !node.isNull else { return nil }
        guard let text = node.text else { throw RequestReading.refuse(node, "must be a string") }
        return text
    }

    private static func image(_ part: JSONNode) throws(APIFailure) -> Media {
        if part.given("image_url") == nil, let id = part.given("file_id") {
            throw RequestReading.refuse(id, "files by id are not supported, send the data")
        }
        return try MediaReader.media(at: part, "image_url", sniffs: true)
    }
}
