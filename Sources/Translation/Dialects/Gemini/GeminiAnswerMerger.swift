import JSON

/// One answer out of the answer objects of its stream.
///
/// Texts that follow one another are one part: up to and including the piece that carries a signature, which closes it, as in
/// answers that come whole. Log probabilities are those of all its events. Of every other member the last one counts.
struct GeminiAnswerMerger {
    private enum Part {
        case text([UInt8], isThought: Bool, signature: JSONString?)
        case other(RawJSON)
    }

    /// Members of the answer but its candidates, in the order they first came.
    private(set) var members: [(name: String, value: RawJSON)] = []
    private(set) var hasCandidate = false
    /// Members of the candidate but its content.
    private var candidate: [(name: String, value: RawJSON)] = []
    private var logprobs = JoinedLists()
    private var role = JSONString("model")
    private var hasContent = false
    private var parts: [Part] = []

    /// - Parameter payload: an answer object, as the decoder hands it over.
    mutating func add(_ payload: RawJSON) {
        // Whoever made the payload has parsed it.
        guard let root = (try? JSONDocument(parsing: payload.array))?.root else { return }
        for (name, value) in root.members {
            let name = name.string ?? ""
            if name == "candidates" {
                if let first = value.elements.first { add(candidate: first) }
            } else {
                Self.set(name, value, in: &members)
            }
        }
    }

    func writeCandidate(into writer: inout JSONWriter) {
        writer.beginObject()
        if hasContent {
            writer.name("content")
            writer.beginObject()
            if !parts.isEmpty {
                writer.name("parts")
                writer.beginArray()
                for part in parts { Self.write(part, into: &writer) }
                writer.endArray()
            }
            writer.field("role", role)
            writer.endObject()
        }
        for (name, value) in candidate {
            writer.name(name)
            writer.raw(value.bytes)
        }
        if !logprobs.isEmpty {
            writer.name("logprobsResult")
            logprobs.write(into: &writer)
        }
        writer.endObject()
    }

    private mutating func add(candidate node: JSONNode) {
        hasCandidate = true
        for (name, value) in node.members {
            let name = name.string ?? ""
            switch name {
            case "content":
                hasContent = true
                if let role = value["role"]?.text { self.role = role }
                for part in value["parts"]?.elements.map(\.self) ?? [] { add(part) }
            case "logprobsResult", "logprobs_result": logprobs.add(value)
            default: Self.set(name, value, in: &candidate)
            }
        }
    }

    private mutating func add(_ part: JSONNode) {
        guard let (text, isThought, signature) = Self.plainText(part) else {
            parts.append(.other(RawJSON(part)))
            return
        }
        if case .text(var bytes, isThought, nil)? = parts.last {
            // Not held twice while it grows.
            parts[parts.count - 1] = .text([], isThought: isThought, signature: nil)
            bytes += text.escaped
            parts[parts.count - 1] = .text(bytes, isThought: isThought, signature: signature)
        } else if !text.isEmpty || signature != nil {
            parts.append(.text(Array(text.escaped), isThought: isThought, signature: signature))
        }
    }

    /// A part that holds text and nothing that could not be joined.
    private static func plainText(_ part: JSONNode) -> (text: JSONString, isThought: Bool, signature: JSONString?)? {
        var text: JSONString?
        var isThought = false
        var signature: JSONString?
        for (name, value) in part.members {
            switch name.string {
            case "text": text = value.text
            case "thought": isThought = value.bool == true
            case "thoughtSignature", "thought_signature": signature = value.text
            default: return nil
            }
        }
        return text.map { ($0, isThought, signature) }
    }

    private static func write(_ part: Part, into writer: inout JSONWriter) {
        switch part {
        case .text(let text, let isThought, let signature):
            writer.beginObject()
            writer.field("text", JSONString(escaped: text))
            if isThought { writer.field("thought", true) }
            if let signature { writer.field("thoughtSignature", signature) }
            writer.endObject()
        case .other(let part): writer.raw(part.bytes)
        }
    }

    private static func set(_ name: String, _ value: JSONNode, in members: inout [(name: String, value: RawJSON)]) {
        if let place = members.firstIndex(where: { $0.name == name }) {
            members[place].value = RawJSON(value)
        } else {
            members.append((name, RawJSON(value)))
        }
    }
}
