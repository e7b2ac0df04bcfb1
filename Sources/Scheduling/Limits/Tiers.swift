/// Which subscriptions come first. Google names a tier by an id (`free-tier`, `standard-tier`) whose paid forms are not
/// documented, so a word within it decides, whatever its case.
public struct Tiers: Sendable, Equatable {
    public struct Rule: Sendable, Equatable {
        public let word: String
        /// 0 is the best.
        public let rank: Int

        public init(_ word: String, _ rank: Int) {
            self.word = word
            self.rank = rank
        }
    }

    public let rules: [Rule]

    public init(rules: [Rule] = Self.standard) { self.rules = rules }

    public static let standard = [
        Rule("ultra", 0), Rule("pro", 1), Rule("standard", 1), Rule("free", 2), Rule("legacy", 2),
    ]

    /// Rank of what no rule knows.
    public static let unknownRank = 3

    public func rank(of tier: String?) -> Int {
        guard let tier = tier?.lowercased() else { return Self.unknownRank }
        return rules.first { tier.holds($0.word) }?.rank ?? Self.unknownRank
    }
}
