/// The calls of one model content while their results are looked for.
struct OpenCalls {
    private let calls: [HistoryCall]
    private var results: [ToolResult?]

    init(_ calls: [HistoryCall]) {
        self.calls = calls
        results = Array(repeating: nil, count: calls.count)
    }

    /// Takes a result for the first unanswered call it fits: by identifier, or by order when it names none.
    ///
    /// - Returns: false for a result that belongs to none of these calls.
    mutating func answer(with result: ToolResult) -> Bool {
        let place = calls.indices.first { index in
            guard results[index] == nil else { return false }
            if result.callID.isEmpty { return result.name == nil || result.name == calls[index].call.name }
            return calls[index].clientID == result.callID
        }
        guard let place else { return false }
        results[place] = result
        return true
    }

    /// One response for each call, in order.
    var responses: [Content.Part] {
        zip(calls, results).map { .response(id: $0.call.id, name: $0.call.name, $1) }
    }
}
