/// The gateway-wide allowance for retries: during an outage of the upstream, retries must not multiply the load.
/// Full at the start; each new request adds a little, each retry takes one whole token.
struct RetryBudget: Sendable, Equatable {
    private let capacityThousandths: Int
    private let perRequestThousandths: Int
    private var thousandths: Int

    init(tokens: Int, perRequestThousandths: Int) {
        capacityThousandths = tokens * 1_000
        self.perRequestThousandths = perRequestThousandths
        thousandths = capacityThousandths
    }

    var tokens: Double { Double(thousandths) / 1_000 }

    mutating func creditRequest() {
        thousandths = min(capacityThousandths, thousandths + perRequestThousandths)
    }

    /// Takes one token; false, and nothing taken, if there is none.
    mutating func spend() -> Bool {
        guard thousandths >= 1_000 else { return false }
        thousandths -= 1_000
        return true
    }
}
