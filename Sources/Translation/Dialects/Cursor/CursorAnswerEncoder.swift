import APIErrors
import JSON

/// A whole chat answer whose thinking is shown as the operator wants it: all of it in front of the text.
struct CursorAnswerEncoder: AnswerEncoder {
    private struct Choice {
        var thinking: [UInt8] = []
        var text: [UInt8] = []
        /// Nil: no content.
        var beginsWithText: Bool?
        /// Everything but the thinking, in order.
        var events: [GenerationEvent] = []
    }

    private let chat: any AnswerEncoder
    private let display: ReasoningDisplay
    private var choices: [Choice]

    init(_ chat: any AnswerEncoder, _ display: ReasoningDisplay, for request: GenerationRequest) {
        self.chat = chat
        self.display = display
        choices = Array(repeating: Choice(), count: max(1, request.choiceCount))
    }

    mutating func collect(_ event: GenerationEvent, choice: Int) {
        guard choices.indices.contains(choice) else { return }
        switch event {
        case .thinking(let text):
            choices[choice].thinking += text.escaped
            return
        case .text(let text):
            choices[choice].text += text.escaped
            if !text.isEmpty { choices[choice].beginsWithText = choices[choice].beginsWithText ?? true }
        case .media: choices[choice].beginsWithText = choices[choice].beginsWithText ?? false
        default: break
        }
        choices[choice].events.append(event)
    }

    func finish() throws(APIFailure) -> [UInt8] {
        var chat = chat
        for (index, choice) in choices.enumerated() {
            let thinking = JSONString(escaped: choice.thinking)
            if display == .raw, !thinking.isEmpty { chat.collect(.thinking(thinking), choice: index) }
            let lead = lead(of: choice, thinking)
            if let lead { chat.collect(.text(lead), choice: index) }
            for event in choice.events { chat.collect(Self.moved(event, behind: lead), choice: index) }
        }
        return try chat.finish()
    }

    /// What stands before the text; nil for nothing.
    private func lead(of choice: Choice, _ thinking: JSONString) -> JSONString? {
        guard !thinking.isBlank else { return nil }
        // A picture begins with a blank line of its own.
        let gap: JSONString = choice.beginsWithText == true ? "\n\n" : ""
        switch display {
        case .raw, .hide: return nil
        case .inline:
            // Some models say their thoughts again in the answer.
            if choice.text.starts(with: choice.thinking), !choice.text.isEmpty { return nil }
            return JoinedText.concatenation([thinking, gap])
        case .thinkTags:
            return JoinedText.concatenation(["<think>\n", thinking, "\n</think>", gap])
        }
    }

    private static func moved(_ event: GenerationEvent, behind lead: JSONString?) -> GenerationEvent {
        guard let lead, case .grounding(let grounding) = event else { return event }
        var shift = CitationShift()
        shift.count(added: lead)
        return .grounding(shift.moved(grounding))
    }
}
