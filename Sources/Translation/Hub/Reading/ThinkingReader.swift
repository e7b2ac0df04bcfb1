import APIErrors
import JSON

/// Reads the ways in which clients of the OpenAI dialects ask for thinking.
enum ThinkingReader {
    /// The wish, and whether the thoughts are to be shown.
    static func read(_ body: JSONNode) -> (wish: ThinkingWish, isShown: Bool) {
        if let node = googleConfig(body) {
            let isShown = node.given("include_thoughts")?.bool ?? true
            if let budget = node.given("thinking_budget")?.int { return (wish(budget: budget), isShown) }
            if let word = node.word("thinking_level") {
                return (ThinkingWish(word: word.lowercased()) ?? .unspecified, isShown)
            }
            return (node.given("include_thoughts")?.bool == true ? .on : .unspecified, isShown)
        }
        if let node = body.given("thinking"), node.kind == .object {
            if let wish = wish(thinking: node, in: body) { return (wish, true) }
        }
        if let word = body.word("reasoning_effort"), let wish = ThinkingWish(word: word.lowercased()) {
            return (wish, true)
        }
        if let node = body.given("reasoning"), node.kind == .object { return (reasoning(node), true) }
        return (.unspecified, true)
    }

    /// Anthropic's `thinking`; nil for a kind nobody knows. One without an amount of its own takes it from
    /// `output_config.effort`.
    static func wish(thinking node: JSONNode, in body: JSONNode) -> ThinkingWish? {
        switch node.word("type") {
        case "disabled": .off
        case "adaptive", "between_tools": .effort(effort(body) ?? .high)
        case "enabled", nil: node.given("budget_tokens")?.int.map(wish(budget:)) ?? .on
        default: nil
        }
    }

    /// `output_config.effort`.
    static func effort(_ body: JSONNode) -> ThinkingWish.Effort? {
        body.given("output_config")?.word("effort").flatMap { ThinkingWish.Effort(rawValue: $0.lowercased()) }
    }

    private static func reasoning(_ node: JSONNode) -> ThinkingWish {
        if node.given("enabled")?.bool == false { return .off }
        if let budget = node.given("max_tokens")?.int { return wish(budget: budget) }
        if let word = node.word("effort"), let wish = ThinkingWish(word: word.lowercased()) { return wish }
        return node.given("enabled")?.bool == true ? .on : .unspecified
    }

    private static func googleConfig(_ body: JSONNode) -> JSONNode? {
        let google = body.given("extra_body")?.given("google") ?? body.given("google")
        return google?.given("thinking_config")
    }

    private static func wish(budget: Int) -> ThinkingWish {
        budget == 0 ? .off : budget < 0 ? .effort(.auto) : .budget(budget)
    }
}
