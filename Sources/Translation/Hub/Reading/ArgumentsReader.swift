import JSON

/// Turns the arguments of a call in a history into the JSON object that the upstream takes.
enum ArgumentsReader {
    /// OpenAI's `arguments`: a JSON text in a string. `""` is `{}`; what is no JSON goes under `_raw`, what is no object under
    /// `value`. An object in place of the string is taken as it is.
    static func read(_ node: JSONNode?) -> RawJSON {
        guard let node, !node.isNull else { return .emptyObject }
        guard let text = node.text else { return object(around: node) }
        let bytes = text.decodedBytes(escapedSizeMaxBytes: .max)
        if bytes.allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) }) { return .emptyObject }
        // A text that is no JSON is no error here: the model wrote it, and it goes back as it was.
        guard let document = try? JSONDocument(parsing: bytes) else { return wrapped("_raw", text.decoded) }
        return object(around: document.root)
    }

    private static func object(around node: JSONNode) -> RawJSON {
        switch node.kind {
        case .object: return RawJSON(node)
        case .null: return .emptyObject
        default:
            var writer = JSONWriter()
            writer.beginObject()
            writer.field("value", node)
            writer.endObject()
            return RawJSON(bytes: writer.bytes)
        }
    }

    static func wrapped(_ name: StaticString, _ text: String) -> RawJSON {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field(name, text)
        writer.endObject()
        return RawJSON(bytes: writer.bytes)
    }
}
