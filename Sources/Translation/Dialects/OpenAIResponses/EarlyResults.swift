/// Results that stand in front of their calls: clients that run calls side by side write down what is ready first.
///
/// They wait for the call within one run of calls and results; a message ends the run.
struct EarlyResults {
    /// How often each call identifier is still to come.
    private var coming: [String: Int]
    /// Calls so far that have no result yet, by identifier.
    private var open: [String: Int] = [:]
    private var held: [String: (place: Int, result: ToolResult)] = [:]

    init(_ facts: ResponsesInputFacts) { coming = facts.callCounts }

    /// A call has come.
    ///
    /// - Returns: its result, if that came first.
    mutating func take(call id: String) -> ToolResult? {
        coming[id, default: 0] -= 1
        if let early = held.removeValue(forKey: id) { return early.result }
        open[id, default: 0] += 1
        return nil
    }

    /// - Returns: false for a result that need not wait.
    mutating func hold(_ result: ToolResult) -> Bool {
        let id = result.callID
        if let count = open[id], count > 0 {
            open[id] = count - 1
            return false
        }
        guard coming[id, default: 0] > 0, held[id] == nil else { return false }
        held[id] = (held.count, result)
        return true
    }

    /// The run of calls is over: what is left has no call.
    mutating func end() -> [ToolResult] {
        guard !held.isEmpty else { return [] }
        defer { held = [:] }
        return held.values.sorted { $0.place < $1.place }.map(\.result)
    }
}
