import JSON

/// What is known of the answers of one request, and what they share with their prompts.
struct CompletionChoices: Sendable {
    struct Choice: Sendable {
        var hasBegun = false
        var hasText = false
        var finish: FinishReason?
        var usage: TokenUsage?
    }

    var all: [Choice]
    private let promptCount: Int
    /// Texts that stand in front of the answers; empty if none do.
    private let echoed: [JSONString]

    init(_ context: AnswerContext, for request: GenerationRequest) {
        all = Array(repeating: Choice(), count: max(1, context.choiceCount))
        let prompts = request.prompts.isEmpty ? [request.turns] : request.prompts
        promptCount = prompts.count
        echoed = request.echoesPrompt ? prompts.map { JoinedText($0.flatMap(\.parts)).text.detached } : []
    }

    /// What stands in front of an answer; nil if nothing does.
    func echo(of choice: Int) -> JSONString? { echoed.isEmpty ? nil : echoed[prompt(of: choice)] }

    /// All tokens: what a prompt cost counts once, however many answers it got.
    var usage: TokenUsage {
        var total = TokenUsage()
        for prompt in 0..<promptCount {
            var own = TokenUsage()
            for choice in all.indices where self.prompt(of: choice) == prompt {
                own.addChoice(all[choice].usage ?? TokenUsage())
            }
            total.prompt &+= own.prompt
            total.cached &+= own.cached
            total.output &+= own.output
            total.reasoning &+= own.reasoning
        }
        return total
    }

    static func word(_ reason: FinishReason?) -> StaticString {
        switch reason {
        case .outputLimit: "length"
        case .contentBlocked, .promptBlocked: "content_filter"
        default: "stop"
        }
    }

    /// As `GenerationRequest.forChoice`.
    private func prompt(of choice: Int) -> Int { min(choice * promptCount / all.count, promptCount - 1) }
}
