import APIErrors
import JSON

/// Makes a response out of hub events, and the events of its stream on the way; for a whole answer none are written, which is
/// why both forms always say the same.
///
/// What a search found comes behind the text it belongs to; the text of a search is held back until then, so that the search
/// stands in front of it.
struct ResponseAssembler: Sendable {
    private let frame: ResponseFrame
    private let tools: ResponseTools
    private let identifiers: IdentifierSource
    private var items: ResponseOutput
    private var hasBegun = false
    /// Text of a search whose sources have not come yet; nil when text goes out at once.
    private var held: [JSONString]?
    private var finish: FinishReason?
    private var usage: TokenUsage?

    init(_ context: AnswerContext, for request: GenerationRequest, writesEvents: Bool) {
        frame = ResponseFrame(context, echo: request.echo ?? [])
        tools = ResponseTools(request.tools)
        identifiers = context.identifiers
        items = ResponseOutput(identifiers: context.identifiers, writesEvents: writesEvents)
        // Functions win over search.
        held = request.search != nil && request.tools.isEmpty ? [] : nil
    }

    mutating func take(_ event: GenerationEvent, into bytes: inout [UInt8]) {
        begin(&bytes)
        switch event {
        case .thinking(let thought): add(thinking: thought, &bytes)
        case .thinkingSignature(let signature): add(signature: signature, &bytes)
        case .text(let text): add(text: text, &bytes)
        case .media(let media):
            release(&bytes)
            add(text: MarkdownImage.text(of: media, isFirst: items.open != .message || items.text.isEmpty), &bytes)
        case .toolCall(let call): add(call, &bytes)
        case .grounding(let grounding): add(grounding, &bytes)
        case .usage(let usage): self.usage = usage
        case .finished(let reason): finish = reason
        case .start, .textSignature, .logprobs, .payload: break
        }
    }

    /// Closes what is open and writes the last event. Nothing may follow.
    mutating func end(into bytes: inout [UInt8]) {
        begin(&bytes)
        release(&bytes)
        items.close(&bytes)
        if items.done.isEmpty {
            items.openMessage(&bytes)
            items.close(&bytes)
        }
        let status = ResponseWords.status(finish)
        if case .incomplete = status {
            append("response.incomplete", status, usage ?? TokenUsage(), &bytes)
        } else {
            append("response.completed", status, usage ?? TokenUsage(), &bytes)
        }
    }

    /// Writes the last event of a response that broke. What is open stays open.
    mutating func fail(_ failure: APIFailure, into bytes: inout [UInt8]) {
        begin(&bytes)
        append("response.failed", .failed(failure), nil, &bytes)
    }

    /// The response after `end`.
    func response() -> [UInt8] {
        var writer = JSONWriter(reserving: items.done.reduce(2048) { $0 + $1.count })
        frame.write(ResponseWords.status(finish), output: items.done, usage: usage ?? TokenUsage(), into: &writer)
        return writer.bytes
    }

    private mutating func begin(_ bytes: inout [UInt8]) {
        guard !hasBegun else { return }
        hasBegun = true
        append("response.created", .inProgress, nil, &bytes)
        append("response.in_progress", .inProgress, nil, &bytes)
    }

    private mutating func append(
        _ type: StaticString, _ status: ResponseFrame.Status, _ usage: TokenUsage?, _ bytes: inout [UInt8]
    ) {
        items.events?.append(type, to: &bytes) { [frame, output = items.done] writer in
            writer.name("response")
            frame.write(status, output: output, usage: usage, into: &writer)
        }
    }

    // MARK: What comes

    private mutating func add(thinking thought: JSONString, _ bytes: inout [UInt8]) {
        guard !thought.isEmpty else { return }
        if items.open != .reasoning {
            release(&bytes)
            items.openReasoning(&bytes)
        }
        items.append(thought, &bytes)
    }

    /// A signature that comes too late for its item is not shown; nor is one that has no item, unless it comes first: then the
    /// thoughts are hidden.
    private mutating func add(signature: JSONString, _ bytes: inout [UInt8]) {
        if items.open == .nothing, items.done.isEmpty, held?.isEmpty ?? true { items.openReasoning(&bytes) }
        if items.open == .reasoning { items.signature = signature }
    }

    private mutating func add(text: JSONString, _ bytes: inout [UInt8]) {
        guard !text.isEmpty else { return }
        if held != nil {
            held?.append(text.detached)
            return
        }
        if items.open != .message { items.openMessage(&bytes) }
        items.append(text, &bytes)
    }

    /// The call, and its signature on the reasoning in front of it.
    private mutating func add(_ call: ToolCall, _ bytes: inout [UInt8]) {
        release(&bytes)
        if let signature = call.signature {
            if items.open != .reasoning || items.signature.map({ $0 != signature }) ?? false {
                items.openReasoning(&bytes)
            }
            items.signature = signature
        }
        items.append(ResponseCallItem(call, shape: tools.shape(of: call.name), identifiers: identifiers), &bytes)
    }

    private mutating func add(_ grounding: Grounding, _ bytes: inout [UInt8]) {
        items.grounding = grounding
        guard held != nil else { return }
        items.append(search: grounding.queries, &bytes)
        release(&bytes)
    }

    /// The text of a search need not wait any longer.
    private mutating func release(_ bytes: inout [UInt8]) {
        guard let pieces = held else { return }
        held = nil
        for piece in pieces { add(text: piece, &bytes) }
    }
}
