/// What the token statistics are asked: since when, and by what the tokens are summed.
nonisolated struct TokenQuestion: Sendable {
    enum Period: Sendable {
        case hour, day, week

        /// Of SQLite's strftime. Weeks begin on Monday; the days before a year's first one are week 00.
        var format: String {
            switch self {
            case .hour: "%Y-%m-%d %H:00"
            case .day: "%Y-%m-%d"
            case .week: "%Y-W%W"
            }
        }
    }

    enum Name: Sendable {
        case all, account, model

        var column: String {
            switch self {
            case .all: "''"
            case .account: "account_email"
            case .model: "model"
            }
        }
    }

    /// Seconds since 1970, a full hour of the zone.
    var start: Int
    /// What is counted later is of no interest.
    var end: Int
    var period: Period?
    var name = Name.all
    var zone = TimeZoneRules.utc
}

/// Tokens of one period and one name; both are empty where nothing was asked about them.
nonisolated struct TokenSum: Sendable, Equatable {
    var period: String
    var name: String
    var input: Int
    var output: Int
    var total: Int
    var requests: Int

    static let zero = TokenSum(period: "", name: "", input: 0, output: 0, total: 0, requests: 0)

    mutating func add(_ other: TokenSum) {
        input += other.input
        output += other.output
        total += other.total
        requests += other.requests
    }

    /// One for each period and name.
    static func merged(_ sums: [TokenSum]) -> [TokenSum] {
        var places: [[String]: Int] = [:]
        var merged: [TokenSum] = []
        for sum in sums {
            if let place = places[[sum.period, sum.name]] {
                merged[place].add(sum)
            } else {
                places[[sum.period, sum.name]] = merged.count
                merged.append(sum)
            }
        }
        return merged
    }
}
