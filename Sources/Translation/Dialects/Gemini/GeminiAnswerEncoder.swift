import APIErrors
import JSON

/// Puts the answer objects of a stream together into the one that a call without streaming gives.
struct GeminiAnswerEncoder: AnswerEncoder {
    private var choices: [GeminiAnswerMerger]

    init(choiceCount: Int) {
        choices = Array(repeating: GeminiAnswerMerger(), count: max(1, choiceCount))
    }

    mutating func collect(_ event: GenerationEvent, choice: Int) {
        guard choices.indices.contains(choice), case .payload(let payload) = event else { return }
        choices[choice].add(GeminiCandidates.numbered(payload, choice))
    }

    /// The members of the first choice, with the candidates and the token counts of all.
    func finish() -> [UInt8] {
        var writer = JSONWriter(reserving: 1024)
        writer.beginObject()
        let candidates = choices.filter(\.hasCandidate)
        if !candidates.isEmpty {
            writer.name("candidates")
            writer.beginArray()
            for choice in candidates { choice.writeCandidate(into: &writer) }
            writer.endArray()
        }
        for (name, value) in choices[0].members {
            writer.name(name)
            writer.raw(name == "usageMetadata" ? usage(value).bytes : value.bytes)
        }
        writer.endObject()
        return writer.bytes
    }

    /// The prompt counts once, what was written counts for every choice.
    private func usage(_ first: RawJSON) -> RawJSON {
        guard choices.count > 1, var total = try? JSONValue(parsing: first.array) else { return first }
        for choice in choices.dropFirst() {
            guard let bytes = choice.members.last(where: { $0.name == "usageMetadata" })?.value.array,
                let more = try? JSONValue(parsing: bytes)
            else { continue }
            let prompt = more["promptTokenCount"]?.int ?? 0
            for name in ["candidatesTokenCount", "thoughtsTokenCount", "totalTokenCount"] {
                guard let own = more[name]?.int else { continue }
                let added = name == "totalTokenCount" ? max(0, own &- prompt) : own
                total[name] = .int((total[name]?.int ?? 0) &+ added)
            }
        }
        return RawJSON(total)
    }
}
