import APIErrors
import JSON

/// Typed members under the first of two spellings that is there.
extension RequestReading {
    static func bool(_ node: JSONNode, _ camel: StaticString, _ snake: StaticString) throws(APIFailure) -> Bool? {
        try bool(node, node.given(camel) == nil ? snake : camel)
    }

    static func int(_ node: JSONNode, _ camel: StaticString, _ snake: StaticString) throws(APIFailure) -> Int? {
        try int(node, node.given(camel) == nil ? snake : camel)
    }

    static func number(
        _ node: JSONNode, _ camel: StaticString, _ snake: StaticString
    ) throws(APIFailure) -> NumberText? {
        try number(node, node.given(camel) == nil ? snake : camel)
    }

    static func object(
        _ node: JSONNode, _ camel: StaticString, _ snake: StaticString
    ) throws(APIFailure) -> JSONNode? {
        try object(node, node.given(camel) == nil ? snake : camel)
    }
}
