import JSON

/// Collects answers and writes them as one `text_completion` object.
struct CompletionsAnswerEncoder: AnswerEncoder {
    private let object: CompletionObject
    private var choices: CompletionChoices
    private var texts: [[UInt8]]

    init(_ context: AnswerContext, for request: GenerationRequest) {
        object = CompletionObject(context)
        choices = CompletionChoices(context, for: request)
        texts = Array(repeating: [], count: choices.all.count)
    }

    mutating func collect(_ event: GenerationEvent, choice: Int) {
        guard texts.indices.contains(choice) else { return }
        switch event {
        case .text(let text): texts[choice] += text.escaped
        case .media(let media):
            texts[choice] += MarkdownImage.text(of: media, isFirst: texts[choice].isEmpty).escaped
        case .usage(let usage): choices.all[choice].usage = usage
        case .finished(let reason): choices.all[choice].finish = reason
        case .start, .thinking, .thinkingSignature, .textSignature, .toolCall, .grounding, .logprobs, .payload: break
        }
    }

    func finish() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(texts.reduce(512) { $0 + $1.count + 128 })
        object.append(to: &bytes) { writer in
            writer.name("choices")
            writer.beginArray()
            for index in texts.indices {
                let echo = choices.echo(of: index).map { Array($0.escaped) } ?? []
                CompletionObject.write(
                    JSONString(escaped: echo + texts[index]), index: index,
                    finish: CompletionChoices.word(choices.all[index].finish), into: &writer)
            }
            writer.endArray()
            writer.name("usage")
            CompletionObject.write(choices.usage, into: &writer)
        }
        return bytes
    }
}
