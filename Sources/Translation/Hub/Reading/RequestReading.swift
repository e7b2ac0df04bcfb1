import APIErrors
import JSON

/// Reads typed members of a request body: a wrong type is a 400 that names the member, an absent one is `nil`.
///
/// Compiled into their callers, which know the name: that a member is absent, as most are, then takes a few instructions.
enum RequestReading {
    @inline(never)
    static func refuse(_ node: JSONNode, _ what: String) -> APIFailure {
        let path = node.path
        return .badRequest(path.isEmpty ? what : "\(path): \(what)", param: path.isEmpty ? nil : path)
    }

    @inline(__always)
    static func bool(_ body: JSONNode, _ name: StaticString) throws(APIFailure) -> Bool? {
        guard let node = body.given(name) else { return nil }
        guard let value = node.bool else { throw refuse(node, "must be true or false") }
        return value
    }

    @inline(__always)
    static func int(_ body: JSONNode, _ name: StaticString) throws(APIFailure) -> Int? {
        guard let node = body.given(name) else { return nil }
        guard let value = node.int else { throw refuse(node, "must be an integer") }
        return value
    }

    @inline(__always)
    static func number(_ body: JSONNode, _ name: StaticString) throws(APIFailure) -> NumberText? {
        guard let node = body.given(name) else { return nil }
        guard let value = NumberText(node) else { throw refuse(node, "must be a number") }
        return value
    }

    @inline(__always)
    static func array(_ body: JSONNode, _ name: StaticString) throws(APIFailure) -> JSONNode? {
        guard let node = body.given(name) else { return nil }
        guard node.kind == .array else { throw refuse(node, "must be an array") }
        return node
    }

    @inline(__always)
    static func object(_ body: JSONNode, _ name: StaticString) throws(APIFailure) -> JSONNode? {
        guard let node = body.given(name) else { return nil }
        guard node.kind == .object else { throw refuse(node, "must be an object") }
        return node
    }
}
