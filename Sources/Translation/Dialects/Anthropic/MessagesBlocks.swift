import JSON

/// The content of one message as its blocks: what opens, grows and closes with each event of an answer.
///
/// One block is open at a time. Stream and whole answer are written from the same steps, so that they say the same.
struct MessagesBlocks {
    enum Step {
        case openThinking
        case thinking(JSONString)
        case signature(JSONString)
        case openText
        case text(JSONString)
        case citation(MessagesSearch.Citation)
        /// Ends the thinking or text that is open.
        case close
        /// A block of its own.
        case call(ToolCall)
        /// Two blocks: the search and what it found.
        case search(MessagesSearch)
    }

    /// What of the model's thoughts the client gets.
    enum Thoughts {
        case nothing
        case signatures
        case everything
    }

    private enum Kind {
        case thinking
        case text
    }

    private let thoughts: Thoughts
    /// Text is kept until it is known what it rests on: the grounding of a search comes last.
    private var held: [UInt8]?
    private var open: Kind?
    private var hasBlocks = false
    /// A thought went by unseen, and nothing has followed it yet.
    private var hidesThought = false
    private var grounding: Grounding?
    private(set) var hasCalls = false
    private(set) var finish: FinishReason?
    private(set) var usage: TokenUsage?
    /// Web searches that the answer reports.
    private(set) var searches = 0

    init(_ request: GenerationRequest) {
        thoughts = !request.showsThinking ? .nothing : request.showsThinkingText ? .everything : .signatures
        held = request.search != nil && request.tools.isEmpty ? [] : nil
    }

    /// Whether a text delta is all that a text makes.
    var continuesText: Bool { open == .text }

    /// Whether a thinking delta is all that a thought makes.
    var continuesThinking: Bool { open == .thinking }

    mutating func take(_ event: GenerationEvent) -> [Step] {
        switch event {
        case .text(let text): return take(text)
        case .thinking(let text): return take(thought: text)
        case .thinkingSignature(let signature): return take(signature: signature)
        case .toolCall(let call):
            hasBlocks = true
            hasCalls = true
            hidesThought = false
            return release() + close() + [.call(call)]
        case .media(let media):
            let isFirst = held.map(\.isEmpty) ?? (open != .text)
            return take(MarkdownImage.text(of: media, isFirst: isFirst))
        case .grounding(let grounding): self.grounding = grounding
        case .usage(let usage): self.usage = usage
        case .finished(let reason): finish = reason
        // A signature on text has no place in this dialect.
        case .start, .textSignature, .logprobs, .payload: break
        }
        return []
    }

    /// The answer is complete: what was kept, and the end of what is open.
    mutating func end() -> [Step] {
        let rest = release()
        return rest + close()
    }

    private mutating func take(_ text: JSONString) -> [Step] {
        guard !text.isEmpty else { return [] }
        guard held == nil else {
            held?.append(contentsOf: text.escaped)
            return []
        }
        guard open != .text else { return [.text(text)] }
        return close() + begin(.text) + [.text(text)]
    }

    private mutating func take(thought text: JSONString) -> [Step] {
        guard !text.isEmpty, thoughts != .nothing else { return [] }
        guard thoughts == .everything else {
            hidesThought = true
            return []
        }
        guard open != .thinking else { return [.thinking(text)] }
        return close() + begin(.thinking) + [.thinking(text)]
    }

    /// A signature ends the thinking before it. One that comes when its block is closed already is not shown: clients refuse
    /// thinking in the wrong place. One without any thinking before it stands for thinking that is hidden.
    private mutating func take(signature: JSONString) -> [Step] {
        guard !signature.isEmpty, thoughts != .nothing else { return [] }
        if open == .thinking { return [.signature(signature)] + close() }
        guard hidesThought || !hasBlocks else { return [] }
        let start = close() + begin(.thinking)
        return start + [.signature(signature)] + close()
    }

    private mutating func begin(_ kind: Kind) -> [Step] {
        open = kind
        hasBlocks = true
        hidesThought = false
        return [kind == .text ? .openText : .openThinking]
    }

    private mutating func close() -> [Step] {
        guard open != nil else { return [] }
        open = nil
        return [.close]
    }

    /// The text that was kept: cut at its sources, or as it is if there are none.
    private mutating func release() -> [Step] {
        guard let text = held else { return [] }
        held = nil
        guard let grounding, !grounding.sources.isEmpty || !grounding.queries.isEmpty else {
            return take(JSONString(escaped: text))
        }
        searches = 1
        hasBlocks = true
        let search = MessagesSearch(grounding)
        var steps = close() + [.search(search)]
        for piece in search.pieces(of: text) {
            steps += [.openText, .text(piece.text)] + piece.citations.map(Step.citation) + [.close]
        }
        return steps
    }
}
