import APIErrors
import JSON

/// Reads `contents` and `systemInstruction`: a text, one content, or a list of them.
enum GeminiContents {
    static func read(_ node: JSONNode, into request: inout GenerationRequest) throws(APIFailure) {
        guard node.kind == .array else { return try append(node, to: &request) }
        for content in node.elements { try append(content, to: &request) }
    }

    /// Each text part its own text; what is no text says nothing here.
    static func system(_ node: JSONNode) throws(APIFailure) -> [JSONString] {
        if let text = node.text { return text.isEmpty ? [] : [text] }
        var texts: [JSONString] = []
        if node.kind == .array {
            for element in node.elements { texts += try system(element) }
            return texts
        }
        guard node.kind == .object else {
            throw RequestReading.refuse(node, "must be a text or a content")
        }
        if let own = node["text"]?.text, !own.isEmpty { texts.append(own) }
        for case .text(let text, _) in try parts(node.given("parts")) { texts.append(text) }
        return texts
    }

    private static func append(_ node: JSONNode, to request: inout GenerationRequest) throws(APIFailure) {
        if let text = node.text {
            if !text.isEmpty { request.turns.append(Turn(role: .user, parts: [.text(text)])) }
            return
        }
        guard node.kind == .object else { throw RequestReading.refuse(node, "must be a content") }
        guard let role = role(node.given("role")) else {
            request.system += try system(node)
            return
        }
        let parts = try parts(node.given("parts"))
        if !parts.isEmpty { request.turns.append(Turn(role: role, parts: parts)) }
    }

    /// Who speaks; nil for the system. Whatever is no word that anybody knows is the user.
    private static func role(_ node: JSONNode?) -> Turn.Role? {
        guard let node, !node.equals("user") else { return .user }
        if node.equals("model") { return .assistant }
        switch node.string?.lowercased() {
        case "system": return nil
        case "model", "assistant": return .assistant
        default: return .user
        }
    }

    private static func parts(_ node: JSONNode?) throws(APIFailure) -> [Turn.Part] {
        guard let node else { return [] }
        switch node.kind {
        case .string: return node.text.map { $0.isEmpty ? [] : [.text($0)] } ?? []
        case .object: return [try GeminiParts.part(node)].compactMap(\.self)
        case .array:
            var parts: [Turn.Part] = []
            for element in node.elements {
                if let text = element.text {
                    if !text.isEmpty { parts.append(.text(text)) }
                } else if let part = try GeminiParts.part(element) {
                    parts.append(part)
                }
            }
            return parts
        default: throw RequestReading.refuse(node, "must be an array of parts")
        }
    }
}
