import Translation

/// What answers side by side share on their way to the client.
///
/// In a body each of them is kept apart until it is complete, so that another attempt begins with nothing and a lost one leaves
/// nothing behind. In a stream their events interleave, but one at a time waits for the client.
final class ChoiceShare {
    private var kept: [[GenerationEvent]]
    private var waiters: [UnsafeContinuation<Void, Never>] = []

    init(count: Int) { kept = Array(repeating: [], count: count) }

    func keep(_ events: [GenerationEvent], of choice: Int) { kept[choice] += events.map(\.detached) }

    func drop(_ choice: Int) { kept[choice] = [] }

    /// - Returns: all events of a choice, which are not kept any longer.
    func take(_ choice: Int) -> [GenerationEvent] {
        defer { kept[choice] = [] }
        return kept[choice]
    }

    func waitForTurn() async { await withUnsafeContinuation { waiters.append($0) } }

    func nextTurn() {
        let waiters = waiters
        self.waiters = []
        for waiter in waiters { waiter.resume() }
    }
}
