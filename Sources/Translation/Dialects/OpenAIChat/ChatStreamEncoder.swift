import APIErrors
import HTTP
import JSON

/// Writes chat completion chunks. Grammar per choice: one chunk with the role, then thinking, text and calls as they come,
/// then exactly one finish chunk; then one usage chunk if wished, then `[DONE]`.
///
/// The finish is held back until the upstream body has ended, since calls and usage may still follow its reason.
/// A text delta is copied in escaped form between two prebuilt halves of a chunk: it is never decoded.
struct ChatStreamEncoder: StreamEncoder {
    private struct Choice {
        var hasBegun = false
        var hasText = false
        var callCount = 0
        var finish: FinishReason?
        var usage: TokenUsage?
        var grounding: Grounding?
        /// Kept only for a search: the grounding that comes last speaks of its places.
        var text: [UInt8] = []
    }

    private let frame: ChatChunkFrame
    private let includesUsage: Bool
    private let usesLegacyFunctions: Bool
    private let calls: ChatCalls
    private let mayCite: Bool
    private let appendsSources: Bool
    private var choices: [Choice]
    private var hasEnded = false

    init(_ context: AnswerContext, for request: GenerationRequest) {
        frame = ChatChunkFrame(context)
        includesUsage = context.includesUsage
        usesLegacyFunctions = context.usesLegacyFunctions
        calls = ChatCalls(request.tools)
        mayCite = request.search != nil
        appendsSources = context.appendsSources
        choices = [Choice()]
        while choices.count < context.choiceCount { choices.append(Choice()) }
    }

    var heartbeat: [UInt8] { Array(": ping\n\n".utf8) }

    mutating func encode(_ event: GenerationEvent, choice: Int, into bytes: inout [UInt8]) {
        guard !hasEnded, choices.indices.contains(choice) else { return }
        switch event {
        case .text(let text): append(text, as: .content, choice, &bytes)
        case .thinking(let text): append(text, as: .reasoning, choice, &bytes)
        case .toolCall(let call): append(call, choice, &bytes)
        case .media(let media):
            append(MarkdownImage.text(of: media, isFirst: !choices[choice].hasText), as: .content, choice, &bytes)
        case .usage(let usage): choices[choice].usage = usage
        case .finished(let reason): choices[choice].finish = reason
        case .logprobs(let logprobs):
            begin(choice, &bytes)
            frame.append(logprobs, choice, to: &bytes)
        case .grounding(let grounding): choices[choice].grounding = grounding
        case .start, .thinkingSignature, .textSignature, .payload: break
        }
    }

    mutating func finish(into bytes: inout [UInt8]) {
        guard !hasEnded else { return }
        hasEnded = true
        for choice in choices.indices {
            begin(choice, &bytes)
            appendSources(choice, &bytes)
            let state = choices[choice]
            if state.finish == .promptBlocked {
                frame.append(choice, to: &bytes) { $0.field("refusal", ChatWords.promptRefusal) }
            }
            let reason = ChatWords.finishReason(
                state.finish, calledTools: state.callCount > 0, isLegacy: usesLegacyFunctions)
            frame.appendFinish(choice, reason, to: &bytes)
        }
        if includesUsage {
            var total = choices[0].usage ?? TokenUsage()
            for choice in choices.dropFirst() { total.addChoice(choice.usage ?? TokenUsage()) }
            frame.appendUsage(total, to: &bytes)
        }
        ServerSentEvent.append(data: "[DONE]".utf8, into: &bytes)
    }

    mutating func fail(_ failure: APIFailure, requestID: String, into bytes: inout [UInt8]) {
        guard !hasEnded else { return }
        hasEnded = true
        bytes += failure.streamEnd(in: .openAI, requestID: requestID)
    }

    /// What a search rests on, in a delta of its own before the finish chunk, as OpenAI's search models send it.
    private mutating func appendSources(_ choice: Int, _ bytes: inout [UInt8]) {
        guard let grounding = choices[choice].grounding else { return }
        let annotations = ChatAnnotations(grounding, text: choices[choice].text)
        if appendsSources { append(ChatAnnotations.list(grounding), as: .content, choice, &bytes) }
        if mayCite, !annotations.isEmpty { frame.append(choice, to: &bytes) { annotations.write(into: &$0) } }
    }

    private mutating func begin(_ choice: Int, _ bytes: inout [UInt8]) {
        guard !choices[choice].hasBegun else { return }
        choices[choice].hasBegun = true
        frame.append(choice, to: &bytes) { $0.tokens(#""role":"assistant","content":"","refusal":null"#) }
    }

    private mutating func append(
        _ text: JSONString, as kind: ChatChunkFrame.Delta, _ choice: Int, _ bytes: inout [UInt8]
    ) {
        guard !text.isEmpty else { return }
        begin(choice, &bytes)
        if kind == .content {
            choices[choice].hasText = true
            if mayCite { choices[choice].text += text.escaped }
        }
        frame.append(text, as: kind, choice, to: &bytes)
    }

    private mutating func append(_ call: ToolCall, _ choice: Int, _ bytes: inout [UInt8]) {
        begin(choice, &bytes)
        let index = choices[choice].callCount
        choices[choice].callCount += 1
        guard !usesLegacyFunctions else {
            // The legacy form has room for one call.
            if index == 0 { frame.append(choice, to: &bytes) { ChatCalls.writeLegacy(call, into: &$0) } }
            return
        }
        frame.append(choice, to: &bytes) { calls.writeHead(call, index: index, into: &$0) }
        frame.append(choice, to: &bytes) { calls.writeArguments(call, index: index, into: &$0) }
    }
}
