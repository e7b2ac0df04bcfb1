import APIErrors
import JSON

/// Reads OpenAI's `response_format` and its flat form.
enum OutputFormatReader {
    static func read(_ node: JSONNode?) throws(APIFailure) -> OutputFormat {
        guard let node else { return .text }
        guard node.kind == .object else { throw RequestReading.refuse(node, "must be an object") }
        switch node.word("type") {
        case "json_object": return .json
        case "json_schema":
            let holder = node.given("json_schema") ?? node
            if let schema = holder.given("schema") {
                guard schema.kind == .object else { throw RequestReading.refuse(schema, "must be an object") }
                return .jsonSchema(schema)
            }
            guard holder.word("name") != nil else { throw RequestReading.refuse(node, "has no schema") }
            return .json
        default: return .text
        }
    }
}
