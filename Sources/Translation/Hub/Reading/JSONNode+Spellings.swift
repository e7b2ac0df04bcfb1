import JSON

extension JSONNode {
    /// A steering member under the first of two spellings, as Google's proto-JSON takes both.
    func given(_ camel: StaticString, _ snake: StaticString) -> JSONNode? { given(camel) ?? given(snake) }

    /// A member whose content is not judged, such as text: absent or `null` is nil.
    func member(_ camel: StaticString, _ snake: StaticString) -> JSONNode? {
        guard let node = self[camel] ?? self[snake], !node.isNull else { return nil }
        return node
    }
}
