import APIErrors
import JSON

/// Typed members of Google's dialect, under the first of two spellings that is there. Numbers may stand in quotes ("ProtoJSON
/// Format": int32, float and their like are accepted as numbers and as strings).
extension RequestReading {
    static func bool(_ node: JSONNode, _ camel: StaticString, _ snake: StaticString) throws(APIFailure) -> Bool? {
        try bool(node, node.given(camel) == nil ? snake : camel)
    }

    static func int(_ node: JSONNode, _ camel: StaticString, _ snake: StaticString) throws(APIFailure) -> Int? {
        guard let node = node.given(camel) ?? node.given(snake) else { return nil }
        guard let value = node.int ?? quoted(node, \.int) else { throw refuse(node, "must be an integer") }
        return value
    }

    static func number(
        _ node: JSONNode, _ camel: StaticString, _ snake: StaticString
    ) throws(APIFailure) -> NumberText? {
        guard let node = node.given(camel) ?? node.given(snake) else { return nil }
        guard let value = NumberText(node) ?? quoted(node, NumberText.init) else {
            throw refuse(node, "must be a number")
        }
        return value
    }

    /// The number in a string.
    private static func quoted<Value>(_ node: JSONNode, _ read: (JSONNode) -> Value?) -> Value? {
        guard let text = node.string, let document = try? JSONDocument(parsing: Array(text.utf8)) else { return nil }
        return read(document.root)
    }

    static func object(
        _ node: JSONNode, _ camel: StaticString, _ snake: StaticString
    ) throws(APIFailure) -> JSONNode? {
        try object(node, node.given(camel) == nil ? snake : camel)
    }
}
