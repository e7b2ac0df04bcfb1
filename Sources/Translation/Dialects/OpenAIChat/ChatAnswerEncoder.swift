import JSON

/// Collects an answer and writes it as one `chat.completion` object.
struct ChatAnswerEncoder: AnswerEncoder {
    private struct Choice {
        var text: [UInt8] = []
        var thinking: [UInt8] = []
        var calls: [ToolCall] = []
        var images: [Media] = []
        var grounding: Grounding?
        var logprobs: [TokenLogprobs.Token] = []
        var finish: FinishReason?
        var usage: TokenUsage?
    }

    private let context: AnswerContext
    private let calls: ChatCalls
    private var choices: [Choice]

    init(_ context: AnswerContext, for request: GenerationRequest) {
        self.context = context
        calls = ChatCalls(request.tools)
        choices = [Choice()]
        while choices.count < context.choiceCount { choices.append(Choice()) }
    }

    mutating func collect(_ event: GenerationEvent, choice: Int) {
        guard choices.indices.contains(choice) else { return }
        switch event {
        case .text(let text): choices[choice].text += text.escaped
        case .thinking(let text): choices[choice].thinking += text.escaped
        case .toolCall(let call): choices[choice].calls.append(call)
        case .media(let media):
            let isFirst = choices[choice].text.isEmpty
            choices[choice].images.append(media)
            choices[choice].text += MarkdownImage.text(of: media, isFirst: isFirst).escaped
        case .logprobs(let logprobs): choices[choice].logprobs += logprobs.tokens
        case .grounding(let grounding): choices[choice].grounding = grounding
        case .usage(let usage): choices[choice].usage = usage
        case .finished(let reason): choices[choice].finish = reason
        case .start, .thinkingSignature, .textSignature, .payload: break
        }
    }

    func finish() -> [UInt8] {
        var writer = JSONWriter(reserving: choices.reduce(640) { $0 + $1.text.count + $1.thinking.count + 160 })
        writer.tokens(#"{"id":"#)
        writer.string(context.id)
        writer.tokens(#""object":"chat.completion","created":"#)
        writer.int(context.created)
        writer.tokens(#""model":"#)
        writer.string(context.clientModel)
        writer.tokens(#""choices":["#)
        for index in choices.indices { write(choices[index], index, into: &writer) }
        writer.tokens(#"],"usage":"#)
        usage.writeChat(into: &writer)
        writer.tokens(#""system_fingerprint":null}"#)
        return writer.bytes
    }

    private var usage: TokenUsage {
        var total = choices[0].usage ?? TokenUsage()
        for choice in choices.dropFirst() { total.addChoice(choice.usage ?? TokenUsage()) }
        return total
    }

    private func write(_ choice: Choice, _ index: Int, into writer: inout JSONWriter) {
        writer.tokens(#"{"index":"#)
        writer.int(index)
        writer.tokens(#""message":{"role":"assistant","content":"#)
        writeMessage(choice, into: &writer)
        writer.tokens("}")
        ChatLogprobs.write(choice.logprobs, into: &writer)
        writer.tokens(#""finish_reason":"#)
        writer.string(
            ChatWords.finishReason(
                choice.finish, calledTools: !choice.calls.isEmpty, isLegacy: context.usesLegacyFunctions))
        writer.tokens("}")
    }

    /// The content, and the members behind it.
    private func writeMessage(_ choice: Choice, into writer: inout JSONWriter) {
        if choice.text.isEmpty && !choice.calls.isEmpty {
            writer.null()
        } else {
            writer.beginString()
            writer.appendContent(JSONString(escaped: choice.text))
            if context.appendsSources, let grounding = choice.grounding {
                writer.appendContent(ChatAnnotations.list(grounding))
            }
            writer.endString()
        }
        if choice.finish == .promptBlocked {
            writer.field("refusal", ChatWords.promptRefusal)
        } else {
            writer.tokens(#""refusal":null"#)
        }
        if !choice.thinking.isEmpty { writer.field("reasoning_content", JSONString(escaped: choice.thinking)) }
        if !choice.images.isEmpty { Self.write(choice.images, into: &writer) }
        if let call = choice.calls.first, context.usesLegacyFunctions {
            ChatCalls.writeLegacy(call, into: &writer)
        } else if !choice.calls.isEmpty {
            writer.name("tool_calls")
            writer.beginArray()
            for call in choice.calls { calls.writeWhole(call, into: &writer) }
            writer.endArray()
        }
        if let grounding = choice.grounding {
            let annotations = ChatAnnotations(grounding, text: choice.text)
            if !annotations.isEmpty { annotations.write(into: &writer) }
        }
    }

    /// Beside the markdown in the text, for clients that look for pictures here.
    private static func write(_ images: [Media], into writer: inout JSONWriter) {
        writer.name("images")
        writer.beginArray()
        for (index, image) in images.enumerated() {
            writer.beginObject()
            writer.field("type", literal: "image_url")
            writer.field("index", index)
            writer.name("image_url")
            writer.beginObject()
            writer.field("url", MarkdownImage.address(of: image))
            writer.endObject()
            writer.endObject()
        }
        writer.endArray()
    }
}
