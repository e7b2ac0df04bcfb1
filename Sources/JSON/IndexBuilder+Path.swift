extension IndexBuilder {
    /// Path to the member or element that was being read when the builder stopped, or had just been read.
    ///
    /// Looks at what `build` left behind: every container that is still open, from the outermost in.
    func pathOfStop() -> String {
        var open: [Int] = []
        var container = parent
        while container != IndexNode.noParent {
            open.append(Int(container))
            container = nodes[Int(container)].next
        }
        var path = PathText()
        for (level, index) in open.enumerated().reversed() {
            let node = nodes[index]
            if node.kindBits == UInt32(JSONNode.Kind.array.rawValue) {
                path.append(index: max(node.childCount - 1, 0))
            } else if let name = level > 0 ? open[level - 1] - 1 : lastName(in: index) {
                path.append(name: StringContent.decode(base, nodes[name]))
            }
        }
        return path.text
    }

    /// The last complete member name of an open object whose children are all closed.
    private func lastName(in object: Int) -> Int? {
        var last: Int?
        var name = object + 1
        while name < count {
            last = name
            guard name + 1 < count else { break }
            name = Int(nodes[name + 1].next)
        }
        return last
    }
}
