/// The calls of one model content while their results are looked for. Each look costs the same, however many calls there are.
struct OpenCalls {
    private let calls: [HistoryCall]
    private var results: [ToolResult?]
    private var byID = Places()
    private var byName = Places()
    private var inOrder = Places()

    init(_ calls: [HistoryCall]) {
        self.calls = calls
        guard !calls.isEmpty else {
            results = []
            return
        }
        results = Array(repeating: nil, count: calls.count)
        byID = Places(calls.map(\.clientID))
        byName = Places(calls.map(\.call.name))
        inOrder = Places(calls.map { _ in "" })
    }

    /// Takes a result for the first unanswered call it fits: by identifier, or by order when it names none.
    ///
    /// - Returns: false for a result that belongs to none of these calls.
    mutating func answer(with result: ToolResult) -> Bool {
        let place: Int?
        if !result.callID.isEmpty {
            place = byID.first(for: result.callID) { results[$0] == nil }
        } else if let name = result.name {
            place = byName.first(for: name) { results[$0] == nil }
        } else {
            place = inOrder.first(for: "") { results[$0] == nil }
        }
        guard let place else { return false }
        results[place] = result
        return true
    }

    /// One response for each call, in order.
    var responses: [Content.Part] {
        calls.isEmpty ? [] : zip(calls, results).map { .response(id: $0.call.id, name: $0.call.name, $1) }
    }

    /// Places by key, taken from the front.
    private struct Places {
        private var lists: [String: (places: [Int], next: Int)] = [:]

        init() {}

        init(_ keys: [String]) {
            for (place, key) in keys.enumerated() { lists[key, default: ([], 0)].places.append(place) }
        }

        /// The first place of this key that is still open; those before it never are again.
        mutating func first(for key: String, where isOpen: (Int) -> Bool) -> Int? {
            guard let index = lists.index(forKey: key) else { return nil }
            while lists.values[index].next < lists.values[index].places.count {
                let place = lists.values[index].places[lists.values[index].next]
                if isOpen(place) { return place }
                lists.values[index].next += 1
            }
            return nil
        }
    }
}
