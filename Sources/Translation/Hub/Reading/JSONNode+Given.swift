import JSON

extension JSONNode {
    /// The member, unless it is absent, `null` or the word `[undefined]` that some desktop clients send for absent members.
    ///
    /// For members that steer a request. Text, tool arguments and tool results are read without this rule.
    @inline(__always)
    func given(_ name: StaticString) -> JSONNode? {
        guard let node = self[name], !node.isNull, !node.equals("[undefined]") else { return nil }
        return node
    }

    /// A steering member that is a string.
    @inline(__always)
    func word(_ name: StaticString) -> String? { given(name)?.string }
}
