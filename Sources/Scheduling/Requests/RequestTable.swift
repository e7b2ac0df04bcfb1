/// The requests between their first ask and their last outcome. Each has a number while it is known, so that its id is
/// looked for when it asks and when it ends, and at no other time. Numbers are used again.
struct RequestTable: Sendable, Equatable {
    private var states: [RequestState] = []
    private var free: [Int] = []
    private var numbers: [RequestName: Int] = [:]
    /// Requests that were ever added.
    private var serial = 0

    var count: Int { numbers.count }

    func number(of id: String) -> Int? { numbers[RequestName(id)] }

    func isKnown(_ number: Int) -> Bool { states.indices.contains(number) && states[number].isKnown }

    /// Lent, not copied: a state is large.
    subscript(number: Int) -> RequestState {
        _read { yield states[number] }
        _modify { yield &states[number] }
    }

    /// A copy, for whoever knows a request by its id.
    subscript(id: String) -> RequestState? { number(of: id).map { states[$0] } }

    var ids: [String] { numbers.keys.map(\.text) }

    /// Numbers of those that are known.
    var all: [Int] { states.indices.filter { states[$0].isKnown } }

    /// - Returns: the number of the new request.
    mutating func add(_ ask: LeaseAsk, _ model: KeyIndex.Model, now: SchedulerInstant) -> Int {
        serial += 1
        let number = free.popLast() ?? states.count
        let state = RequestState(RequestFacts(ask: ask, model: model, serial: serial, now: now), now: now)
        if number == states.count { states.append(state) } else { states[number] = state }
        numbers[RequestName(ask.requestID)] = number
        return number
    }

    mutating func remove(_ number: Int) {
        numbers.removeValue(forKey: RequestName(states[number].ask.requestID))
        states[number] = RequestState.gone
        free.append(number)
    }
}
