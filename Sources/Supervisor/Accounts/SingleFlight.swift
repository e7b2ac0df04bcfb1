import Platform

/// Work that is done once however many ask for it at the same time: the first one starts it, the others get its result.
final class SingleFlight<Key: Hashable & Sendable, Value: Sendable> {
    private var flights: [Key: Task<Value, Never>] = [:]

    /// The result of the flight under way, or of a new one. The flight goes on when whoever asks stops waiting.
    func value(for key: Key, _ work: @escaping @MainActor () async -> Value) async -> Value {
        await flight(for: key, work).value
    }

    /// As `value(for:_:)`, waiting no longer than `limit`; nil if the flight is still under way then.
    func value(
        for key: Key, within limit: Duration, _ work: @escaping @MainActor () async -> Value
    ) async -> Value? {
        let flight = flight(for: key, work)
        return await withCheckedContinuation { continuation in
            let race = Race(continuation)
            let timer = LoopTimer { race.end(nil) }
            timer.set(after: limit)
            Task {
                race.end(await flight.value)
                timer.cancel()
            }
        }
    }

    func isUnderWay(_ key: Key) -> Bool { flights[key] != nil }

    private func flight(for key: Key, _ work: @escaping @MainActor () async -> Value) -> Task<Value, Never> {
        if let flight = flights[key] { return flight }
        let flight = Task {
            let value = await work()
            flights[key] = nil
            return value
        }
        flights[key] = flight
        return flight
    }

    /// The first of two ends counts.
    private final class Race {
        private var continuation: CheckedContinuation<Value?, Never>?

        init(_ continuation: CheckedContinuation<Value?, Never>) { self.continuation = continuation }

        func end(_ value: Value?) {
            continuation?.resume(returning: value)
            continuation = nil
        }
    }
}
