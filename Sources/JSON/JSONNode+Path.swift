extension JSONNode {
    /// Where this value stands, written like `messages[2].content[0].type`; empty for the root. The name of a member has
    /// the path of its value. Computed on demand, for error messages.
    public var path: String {
        var path = PathText()
        var container = 0
        while container < index {
            guard let (child, isName) = child(of: container, appendingTo: &path) else { break }
            if isName { break }
            container = child
        }
        return path.text
    }

    /// Finds the child of `container` whose subtree holds this node and writes its step.
    private func child(of container: Int, appendingTo path: inout PathText) -> (index: Int, isName: Bool)? {
        let parent = JSONNode(document: document, index: container)
        for (position, element) in parent.elements.enumerated() where index < Int(element.entry.next) {
            path.append(index: position)
            return (element.index, false)
        }
        for (name, value) in parent.members where index < Int(value.entry.next) {
            path.append(name: name.string ?? "")
            return (value.index, index == name.index)
        }
        return nil
    }
}
