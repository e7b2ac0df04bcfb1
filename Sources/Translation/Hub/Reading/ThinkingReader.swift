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
            switch node.word("type") {
            case "disabled": return (.off, true)
            case "enabled", "adaptive", nil: return (node.given("budget_tokens")?.int.map(wish(budget:)) ?? .on, true)
            default: break
            }
        }
        if let word = body.word("reasoning_effort"), let wish = ThinkingWish(word: word.lowercased()) {
            return (wish, true)
        }
        if let node = body.given("reasoning"), node.kind == .object { return (reasoning(node), true) }
        return (.unspecified, true)
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
