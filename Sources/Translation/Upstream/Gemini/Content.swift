import JSON

/// One content of an upstream request, in the order and form in which it is written.
struct Content {
    enum Part {
        case text(JSONString, signature: JSONString?)
        case thought(JSONString, signature: JSONString)
        case media(Media)
        /// The identifier is the one that is sent, the name still the client's.
        indirect case call(ToolCall)
        indirect case response(id: String, name: String, ToolResult?)
        /// A part that is already in the upstream's form.
        case native(NativePart)

        /// Bytes it will take, roughly.
        var sizeEstimate: Int {
            switch self {
            case .text(let text, let signature): 64 + text.escapedCount + (signature?.escapedCount ?? 0)
            case .thought(let text, let signature): 64 + text.escapedCount + signature.escapedCount
            case .media(let media): 96 + media.data.count
            case .call(let call): 256 + call.arguments.byteCount + (call.signature?.escapedCount ?? 0)
            case .response(_, _, let result): 256 + (result?.sizeEstimate ?? 0)
            case .native(let part): 64 + part.json.byteCount + (part.signature?.escapedCount ?? 0)
            }
        }
    }

    var isModel: Bool
    var parts: [Part]

    var holdsThought: Bool {
        parts.contains { if case .thought = $0 { true } else { false } }
    }

    var holdsResponse: Bool {
        parts.contains { if case .response = $0 { true } else { false } }
    }
}
