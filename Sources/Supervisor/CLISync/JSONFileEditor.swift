import JSON

/// What is to become of a value in a JSON file.
nonisolated indirect enum JSONPatch: Sendable {
    case set(JSONValue)
    case remove
    /// Only these members; the others stay.
    case members([(name: String, patch: JSONPatch)])
}

/// Changes members of a JSON file that somebody else owns. Order, spelling of numbers and strings, and the members that
/// are not named survive; the layout becomes that of two blanks per level, which the clients write themselves. A file that
/// is already as wanted keeps its bytes.
nonisolated struct JSONFileEditor {
    private var output: [UInt8] = []

    /// - Parameter bytes: blank: as if there were no file.
    static func apply(_ patch: JSONPatch, to bytes: [UInt8]) throws(CLIFileFault) -> [UInt8] {
        let root = try root(of: bytes)
        if let root, isFulfilled(patch, by: root) { return bytes }
        var editor = JSONFileEditor()
        try editor.write(root, patch, path: "", depth: 0)
        if bytes.isEmpty || bytes.last == UInt8(ascii: "\n") { editor.output.append(UInt8(ascii: "\n")) }
        return editor.output
    }

    /// - Returns: nil for a blank text.
    static func root(of bytes: [UInt8]) throws(CLIFileFault) -> JSONNode? {
        guard bytes.contains(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) else { return nil }
        do throws(JSONError) {
            return try JSONDocument(parsing: bytes).root
        } catch {
            throw CLIFileFault(why: "it is not JSON: \(error.reason.text) at byte \(error.offset)")
        }
    }

    private static func isFulfilled(_ patch: JSONPatch, by node: JSONNode?) -> Bool {
        switch patch {
        case .set(let value): node?.value() == value
        case .remove: node == nil
        case .members(let members):
            if let node, node.kind == .object {
                members.allSatisfy { isFulfilled($0.patch, by: node.member($0.name)) }
            } else {
                node == nil && members.allSatisfy { isFulfilled($0.patch, by: nil) }
            }
        }
    }

    // MARK: Writing

    private mutating func write(
        _ node: JSONNode?, _ patch: JSONPatch, path: String, depth: Int
    ) throws(CLIFileFault) {
        switch patch {
        case .set(let value):
            output += value.serialized
        case .remove:
            preconditionFailure("the container leaves out what is removed")
        case .members(let members):
            if let node, node.kind != .object, !node.isNull {
                throw CLIFileFault(why: "\(path.isEmpty ? "it" : path) is no JSON object")
            }
            try write(members, into: node, path: path, depth: depth)
        }
    }

    /// A member that is changed stands where the first of its name stood, and takes the place of all of them.
    private mutating func write(
        _ patches: [(name: String, patch: JSONPatch)], into node: JSONNode?, path: String, depth: Int
    ) throws(CLIFileFault) {
        var done: Set<String> = []
        var isFirst = true
        output.append(UInt8(ascii: "{"))
        if let node {
            for (name, value) in node.members {
                guard let entry = patches.first(where: { name.hasContent($0.name) }) else {
                    begin(depth + 1, &isFirst)
                    name.withRawBytes { output += $0 }
                    output += ": ".utf8
                    copy(value, depth: depth + 1)
                    continue
                }
                guard done.insert(entry.name).inserted, !Self.isRemoval(entry.patch) else { continue }
                begin(depth + 1, &isFirst)
                try write(entry, node.member(entry.name), path: path, depth: depth + 1)
            }
        }
        for entry in patches where !done.contains(entry.name) && !Self.isFulfilled(entry.patch, by: nil) {
            begin(depth + 1, &isFirst)
            try write(entry, nil, path: path, depth: depth + 1)
        }
        end(UInt8(ascii: "}"), depth, isEmpty: isFirst)
    }

    private mutating func write(
        _ entry: (name: String, patch: JSONPatch), _ node: JSONNode?, path: String, depth: Int
    ) throws(CLIFileFault) {
        output += JSONValue.string(entry.name).serialized
        output += ": ".utf8
        try write(node, entry.patch, path: path.isEmpty ? entry.name : "\(path).\(entry.name)", depth: depth)
    }

    /// Recursion is bounded by the depth limit of the document.
    private mutating func copy(_ node: JSONNode, depth: Int) {
        var isFirst = true
        switch node.kind {
        case .array:
            output.append(UInt8(ascii: "["))
            for element in node.elements {
                begin(depth + 1, &isFirst)
                copy(element, depth: depth + 1)
            }
            end(UInt8(ascii: "]"), depth, isEmpty: isFirst)
        case .object:
            output.append(UInt8(ascii: "{"))
            for (name, value) in node.members {
                begin(depth + 1, &isFirst)
                name.withRawBytes { output += $0 }
                output += ": ".utf8
                copy(value, depth: depth + 1)
            }
            end(UInt8(ascii: "}"), depth, isEmpty: isFirst)
        default: node.withRawBytes { output += $0 }
        }
    }

    private mutating func begin(_ depth: Int, _ isFirst: inout Bool) {
        if !isFirst { output.append(UInt8(ascii: ",")) }
        isFirst = false
        breakLine(depth)
    }

    private mutating func end(_ bracket: UInt8, _ depth: Int, isEmpty: Bool) {
        if !isEmpty { breakLine(depth) }
        output.append(bracket)
    }

    private mutating func breakLine(_ depth: Int) {
        output.append(UInt8(ascii: "\n"))
        output += repeatElement(UInt8(ascii: " "), count: 2 * depth)
    }

    private static func isRemoval(_ patch: JSONPatch) -> Bool { if case .remove = patch { true } else { false } }
}
