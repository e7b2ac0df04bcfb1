/// Names that are left alone for a while, for every account: models without capacity, base addresses that do not answer.
struct Holds<Name: Hashable & Sendable>: Sendable, Equatable {
    private struct Hold: Sendable, Equatable {
        var until: SchedulerInstant
        var ladder = Ladder()
    }

    /// Names are the clients' to choose; when so many are held, those that have ended are forgotten.
    static var namesMax: Int { 1_024 }

    private var holds: [Name: Hold] = [:]

    func until(_ name: Name, at now: SchedulerInstant) -> SchedulerInstant? {
        guard let hold = holds[name], now < hold.until else { return nil }
        return hold.until
    }

    /// - Parameter stated: a length that the upstream gave, which comes before the ladder's.
    mutating func add(
        _ name: Name, steps: [Int], stated: Int? = nil, now: SchedulerInstant,
        _ random: inout some RandomNumberGenerator
    ) {
        if holds[name] == nil, holds.count >= Self.namesMax { holds = holds.filter { now < $0.value.until } }
        guard holds[name] != nil || holds.count < Self.namesMax else { return }
        var hold = holds[name] ?? Hold(until: now)
        let step = hold.ladder.step(steps, now: now)
        let length = stated.map { LadderSteps.stated($0, &random) } ?? LadderSteps.jittered(step, &random)
        hold.until = max(hold.until, now.advanced(by: length))
        hold.ladder.locked(until: hold.until, for: length)
        holds[name] = hold
    }

    mutating func remove(_ name: Name) {
        if !holds.isEmpty { holds[name] = nil }
    }

    /// Those in force.
    func all(at now: SchedulerInstant) -> [Name: SchedulerInstant] {
        holds.compactMapValues { now < $0.until ? $0.until : nil }
    }
}
