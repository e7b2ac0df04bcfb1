import JSON

/// What a member of Google's API holds, as far as it may be passed on. Values of another kind and unknown members are left
/// out; names are written in Google's spelling.
indirect enum KnownForm: Sendable {
    typealias Member = (camel: StaticString, snake: StaticString, form: KnownForm)

    case string
    case number
    case bool
    case list(KnownForm)
    case message([Member])

    /// The value reduced to what is known; nil if it is of another kind.
    func cleaned(_ node: JSONNode) -> RawJSON? {
        var writer = JSONWriter()
        return write(node, into: &writer) ? RawJSON(bytes: writer.bytes) : nil
    }

    /// Writes the members of `node` that are among these.
    static func write(_ members: [Member], of node: JSONNode, into writer: inout JSONWriter) {
        for member in members {
            guard let value = node.given(member.camel, member.snake), let clean = member.form.cleaned(value) else {
                continue
            }
            writer.name(member.camel)
            writer.raw(clean.bytes)
        }
    }

    private func write(_ node: JSONNode, into writer: inout JSONWriter) -> Bool {
        switch self {
        case .string where node.kind == .string, .number where node.kind == .number, .bool where node.kind == .bool:
            writer.node(node)
        case .list(let form) where node.kind == .array:
            writer.beginArray()
            for element in node.elements {
                if let clean = form.cleaned(element) { writer.raw(clean.bytes) }
            }
            writer.endArray()
        case .message(let members) where node.kind == .object:
            writer.beginObject()
            Self.write(members, of: node, into: &writer)
            writer.endObject()
        default: return false
        }
        return true
    }
}
