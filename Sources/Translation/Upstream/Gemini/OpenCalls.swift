/// The calls of one model content while their results are looked for.
///
/// Results mostly come in the order of the calls: the first call that is still open is tried first. For the others there are
/// tables, made when one is needed, so that each look costs the same, however many calls there are.
struct OpenCalls {
    private let calls: [HistoryCall]
    private var results: [ToolResult?]
    /// All calls before this one have their result.
    private var firstOpen = 0
    private lazy var byID = Places(calls.map(\.clientID))
    private lazy var byName = Places(calls.map(\.call.name))

    init(_ calls: [HistoryCall]) {
        self.calls = calls
        results = Array(repeating: nil, count: calls.count)
    }

    /// Takes a result for the first unanswered call it fits: by identifier, by name, or by order when it names none.
    ///
    /// - Returns: false for a result that belongs to none of these calls.
    mutating func answer(with result: ToolResult) -> Bool {
        guard firstOpen < calls.count, let place = place(for: result) else { return false }
        results[place] = result
        while firstOpen < calls.count, results[firstOpen] != nil { firstOpen += 1 }
        return true
    }

    private mutating func place(for result: ToolResult) -> Int? {
        if !result.callID.isEmpty {
            if calls[firstOpen].clientID == result.callID { return firstOpen }
            return byID.first(for: result.callID) { [results] in results[$0] == nil }
        }
        guard let name = result.name, calls[firstOpen].call.name != name else { return firstOpen }
        return byName.first(for: name) { [results] in results[$0] == nil }
    }

    /// One response for each call, in order.
    var responses: [Content.Part] {
        zip(calls, results).map { .response(id: $0.call.id, name: $0.call.name, $1) }
    }

    /// Places by key, taken from the front.
    private struct Places {
        private var lists: [String: (places: [Int], next: Int)] = [:]

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
