nonisolated extension TrafficEntry {
    /// Its account and at least one of its token counts are known.
    var countsTokens: Bool { accountEmail != nil && (inputTokens != nil || outputTokens != nil) }
}

/// Tokens of requests that are written together: one sum for those of the same second, account and model.
nonisolated struct TokenUses: Sendable {
    struct Use: Sendable, Hashable {
        /// Since 1970.
        var seconds: Int
        var email: String
        /// As the client named it.
        var model: String
        var mappedModel: String?
    }

    struct Sum: Sendable, Equatable {
        var input = 0
        var output = 0
        var requests = 0
        var total: Int { input + output }

        static func += (sum: inout Sum, other: Sum) {
            sum.input += other.input
            sum.output += other.output
            sum.requests += other.requests
        }
    }

    private(set) var sums: [Use: Sum] = [:]

    /// Counts a request whose account and tokens are known.
    mutating func add(_ entry: TrafficEntry) {
        guard entry.countsTokens, let email = entry.accountEmail else { return }
        let use = Use(
            seconds: entry.timestamp / 1000, email: email, model: entry.model ?? "unknown",
            mappedModel: entry.mappedModel)
        sums[use, default: Sum()] += Sum(input: entry.inputTokens ?? 0, output: entry.outputTokens ?? 0, requests: 1)
    }

    /// The same by hours: the first second of each, since 1970.
    var hours: [Use: Sum] {
        var hours: [Use: Sum] = [:]
        for (use, sum) in sums {
            hours[Use(seconds: use.seconds / 3600 * 3600, email: use.email, model: ""), default: Sum()] += sum
        }
        return hours
    }
}
