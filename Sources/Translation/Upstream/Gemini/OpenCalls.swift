/// The calls of one model content while their results are looked for.
///
/// Results mostly come in the order of the calls: the first call that is still open is tried first. For the others there is a
/// table, made when it is needed, so that each look costs the same, however many calls there are.
struct OpenCalls {
    struct Call {
        /// What the client's results call it.
        var clientID: String
        var sentID: String
        /// The client's name of the tool.
        var name: String
        fileprivate(set) var result: ToolResult?
    }

    private enum Key: Hashable {
        case id(String)
        case name(String)
    }

    private var calls: [Call] = []
    /// All calls before this one have their result.
    private var firstOpen = 0
    /// Calls by what results name them by, in order; those before `next` have their result.
    private var places: [Key: (places: [Int], next: Int)] = [:]

    var count: Int { calls.count }
    var isEmpty: Bool { calls.isEmpty }

    /// Adds a call. None may come behind a result.
    mutating func append(_ call: Call) { calls.append(call) }

    /// Takes a result for the first unanswered call it fits: by identifier, by name, or by order when it names none.
    ///
    /// - Returns: false for a result that belongs to none of these calls.
    mutating func answer(with result: ToolResult) -> Bool {
        guard firstOpen < calls.count, let place = place(for: result) else { return false }
        calls[place].result = result
        while firstOpen < calls.count, calls[firstOpen].result != nil { firstOpen += 1 }
        return true
    }

    /// Takes the calls out: one response for each, in order.
    ///
    /// - Parameter mediaBeside: whether the media of all results stand behind the responses, as older models take them.
    mutating func takeResponses(into parts: inout [Content.Part], mediaBeside: Bool) {
        let media = mediaBeside ? calls.flatMap { $0.result?.media ?? [] } : []
        for index in calls.indices {
            let result = calls[index].result.take()
            parts.append(.response(id: calls[index].sentID, name: calls[index].name, result))
        }
        parts += media.map(Content.Part.media)
        calls.removeAll(keepingCapacity: true)
        firstOpen = 0
        places = [:]
    }

    private mutating func place(for result: ToolResult) -> Int? {
        if !result.callID.isEmpty {
            return calls[firstOpen].clientID == result.callID ? firstOpen : place(of: .id(result.callID))
        }
        guard let name = result.name, name != calls[firstOpen].name else { return firstOpen }
        return place(of: .name(name))
    }

    private mutating func place(of key: Key) -> Int? {
        if places.isEmpty { makePlaces() }
        guard let index = places.index(forKey: key) else { return nil }
        while places.values[index].next < places.values[index].places.count {
            let place = places.values[index].places[places.values[index].next]
            if calls[place].result == nil { return place }
            places.values[index].next += 1
        }
        return nil
    }

    private mutating func makePlaces() {
        for (place, call) in calls.enumerated() {
            places[.id(call.clientID), default: ([], 0)].places.append(place)
            places[.name(call.name), default: ([], 0)].places.append(place)
        }
    }
}
