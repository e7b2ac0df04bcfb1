import APIErrors
import HTTP
import JSON

/// Writes completion chunks. Grammar per choice: texts, then exactly one chunk with the finish reason and no text; then one
/// usage chunk if wished, then `[DONE]`.
struct CompletionsStreamEncoder: StreamEncoder {
    private let object: CompletionObject
    private let includesUsage: Bool
    private var choices: CompletionChoices
    private var hasEnded = false

    init(_ context: AnswerContext, for request: GenerationRequest) {
        object = CompletionObject(context)
        includesUsage = context.includesUsage
        choices = CompletionChoices(context, for: request)
    }

    var heartbeat: [UInt8] { Array(": ping\n\n".utf8) }

    mutating func encode(_ event: GenerationEvent, choice: Int, into bytes: inout [UInt8]) {
        guard !hasEnded, choices.all.indices.contains(choice) else { return }
        switch event {
        case .text(let text): append(text, choice, &bytes)
        case .media(let media):
            append(MarkdownImage.text(of: media, isFirst: !choices.all[choice].hasText), choice, &bytes)
        case .usage(let usage): choices.all[choice].usage = usage
        case .finished(let reason): choices.all[choice].finish = reason
        case .start, .thinking, .thinkingSignature, .textSignature, .toolCall, .grounding, .logprobs, .payload: break
        }
    }

    mutating func finish(into bytes: inout [UInt8]) {
        guard !hasEnded else { return }
        hasEnded = true
        for index in choices.all.indices {
            begin(index, &bytes)
            let word = CompletionChoices.word(choices.all[index].finish)
            appendChunk(JSONString(escaped: []), index, finish: word, &bytes)
        }
        if includesUsage {
            let usage = choices.usage
            append(&bytes) { writer in
                writer.name("choices")
                writer.beginArray()
                writer.endArray()
                writer.name("usage")
                CompletionObject.write(usage, into: &writer)
            }
        }
        ServerSentEvent.append(data: "[DONE]".utf8, into: &bytes)
    }

    mutating func fail(_ failure: APIFailure, requestID: String, into bytes: inout [UInt8]) {
        guard !hasEnded else { return }
        hasEnded = true
        bytes += failure.streamEnd(in: .openAI, requestID: requestID)
    }

    private mutating func append(_ text: JSONString, _ index: Int, _ bytes: inout [UInt8]) {
        guard !text.isEmpty else { return }
        begin(index, &bytes)
        choices.all[index].hasText = true
        appendChunk(text, index, finish: nil, &bytes)
    }

    private mutating func begin(_ index: Int, _ bytes: inout [UInt8]) {
        guard !choices.all[index].hasBegun else { return }
        choices.all[index].hasBegun = true
        if let prompt = choices.echo(of: index) { appendChunk(prompt, index, finish: nil, &bytes) }
    }

    private func appendChunk(_ text: JSONString, _ index: Int, finish: StaticString?, _ bytes: inout [UInt8]) {
        append(&bytes) { writer in
            writer.name("choices")
            writer.beginArray()
            CompletionObject.write(text, index: index, finish: finish, into: &writer)
            writer.endArray()
            guard includesUsage else { return }
            writer.name("usage")
            writer.null()
        }
    }

    private func append(_ bytes: inout [UInt8], _ members: (inout JSONWriter) -> Void) {
        bytes += "data: ".utf8
        object.append(to: &bytes, members)
        bytes += "\n\n".utf8
    }
}
