/// How a request waits for an account.
struct Waiting: Sendable, Equatable {
    /// The lease whose outcome the next lease answers; nil: it answers the ask.
    var answering: String?
    /// Only this account will do; it may be one that the request has tried.
    var account: String?
    /// When the next look is due; a little after the expected moment, so that not all waiters come at once.
    var checkAt: SchedulerInstant
    var reason: WaitReason
}

/// The order of those who wait: one queue per API key, the keys in turn. Requests stand in it by their numbers.
struct WaitingLine: Sendable, Equatable {
    private var queues: [String: [Int]] = [:]
    /// The keys in the order in which they are served next.
    private var turn: [String] = []

    private(set) var count = 0

    func count(of apiKeyID: String) -> Int { queues[apiKeyID]?.count ?? 0 }

    mutating func append(_ request: Int, of apiKeyID: String) {
        if queues[apiKeyID] == nil { turn.append(apiKeyID) }
        queues[apiKeyID, default: []].append(request)
        count += 1
    }

    mutating func remove(_ request: Int, of apiKeyID: String) {
        guard let place = queues[apiKeyID]?.firstIndex(of: request) else { return }
        queues[apiKeyID]!.remove(at: place)
        count -= 1
        if queues[apiKeyID]!.isEmpty {
            queues[apiKeyID] = nil
            turn.removeAll { $0 == apiKeyID }
        }
    }

    /// A key was served: the others come first.
    mutating func passTurn(of apiKeyID: String) {
        guard let place = turn.firstIndex(of: apiKeyID) else { return }
        turn.append(turn.remove(at: place))
    }

    /// Keys in order, each with its requests in order.
    var inOrder: [(apiKeyID: String, requests: [Int])] { turn.map { ($0, queues[$0] ?? []) } }
}
