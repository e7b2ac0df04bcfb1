/// Several upstream models share one quota. A cooldown filed under one spelling and looked for under another is the classic
/// fault of a gateway like this; so this table is the only way from a model to the name of its quota, for everybody.
public struct QuotaKeys: Sendable, Equatable {
    /// A key for models whose lower-cased id contains every one of these words.
    public struct Rule: Sendable, Equatable {
        public let words: [String]
        public let key: String

        public init(_ words: [String], _ key: String) {
            self.words = words
            self.key = key
        }
    }

    /// The first rule that matches counts; without a match the model is its own key.
    public let rules: [Rule]

    public init(rules: [Rule] = Self.standard) { self.rules = rules }

    public static let standard = [
        Rule(["image", "flash"], "flash-image"),
        Rule(["image"], "pro-image"),
        Rule(["flash"], "flash"),
        Rule(["claude"], "claude"),
        Rule(["opus"], "claude"),
        Rule(["sonnet"], "claude"),
        Rule(["haiku"], "claude"),
        Rule(["pro"], "pro"),
    ]

    /// The name of the quota that this upstream model draws from.
    public func key(of model: String) -> String {
        let id = model.lowercased()
        return rules.first { rule in rule.words.allSatisfy { id.holds($0) } }?.key ?? id
    }
}

extension String {
    /// Whether these bytes stand in it: `contains` of the standard library compares characters, which takes ten times as long.
    func holds(_ word: String) -> Bool {
        let text = Array(utf8)
        let word = Array(word.utf8)
        guard !word.isEmpty, text.count >= word.count else { return word.isEmpty }
        return (0...(text.count - word.count)).contains { text[$0..<($0 + word.count)].elementsEqual(word) }
    }
}
