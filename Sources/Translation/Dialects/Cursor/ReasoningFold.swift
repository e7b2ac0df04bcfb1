import JSON

/// Turns the thinking of one choice into what the display wants, event by event: thinking becomes text, or goes.
///
/// Whatever comes, a `<think>` that went out is closed before other content and before the end, and never opened twice.
struct ReasoningFold {
    private let display: ReasoningDisplay
    /// Counts the text that is added, so that citations still point at theirs.
    private var shift: CitationShift?
    private var isOpen = false

    private static let opening = JSONString("<think>\n")
    private static let closingBeforeContent = JSONString("\n</think>\n\n")
    /// A picture begins with a blank line of its own.
    private static let closingBeforeMedia = JSONString("\n</think>")
    private static let closingAtEnd = JSONString("\n</think>\n")

    /// - Parameter hasCitations: the answer may cite sources by their place in the text.
    init(_ display: ReasoningDisplay, hasCitations: Bool) {
        self.display = display
        shift = hasCitations && display != .raw ? CitationShift() : nil
    }

    mutating func take(_ event: GenerationEvent, _ emit: (GenerationEvent) -> Void) {
        switch event {
        case .thinking(let text): take(thought: text, emit)
        case .text(let text):
            guard !text.isEmpty else { return }
            take(text, emit)
        case .toolCall:
            close(Self.closingBeforeContent, emit)
            emit(event)
        case .media:
            close(Self.closingBeforeMedia, emit)
            emit(event)
        case .grounding(let grounding): emit(.grounding(shift?.moved(grounding) ?? grounding))
        default: emit(event)
        }
    }

    /// The answer is complete.
    mutating func end(_ emit: (GenerationEvent) -> Void) { close(Self.closingAtEnd, emit) }

    private mutating func take(thought text: JSONString, _ emit: (GenerationEvent) -> Void) {
        switch display {
        case .raw: emit(.thinking(text))
        case .hide: break
        case .inline: add(text, emit)
        case .thinkTags:
            if !isOpen {
                guard !text.isBlank else { return }
                isOpen = true
                add(JoinedText.concatenation([Self.opening, text]), emit)
            } else {
                add(text, emit)
            }
        }
    }

    /// The tag and the text behind it leave as one delta.
    private mutating func take(_ text: JSONString, _ emit: (GenerationEvent) -> Void) {
        let tag = isOpen ? Self.closingBeforeContent : nil
        isOpen = false
        if let tag { shift?.count(added: tag) }
        shift?.count(own: text)
        emit(.text(tag.map { JoinedText.concatenation([$0, text]) } ?? text))
    }

    private mutating func close(_ tag: JSONString, _ emit: (GenerationEvent) -> Void) {
        guard isOpen else { return }
        isOpen = false
        add(tag, emit)
    }

    private mutating func add(_ text: JSONString, _ emit: (GenerationEvent) -> Void) {
        shift?.count(added: text)
        emit(.text(text))
    }
}

extension JSONString {
    /// Nothing but blank space.
    var isBlank: Bool { decoded.allSatisfy(\.isWhitespace) }
}
