import Testing

@testable import Scheduling

/// The memory of conversations, beside what the scheduler makes of it.
@Suite struct BindingsTests {
    static let now = SchedulerInstant(milliseconds: 1_000)

    static func name(_ session: String, apiKey: String = "k") -> Bindings.Name {
        Bindings.Name(apiKeyID: apiKey, session: session, key: 0)
    }

    @Test func `the one used least recently goes first`() {
        var bindings = Bindings(lifetime: 60_000, countMax: 3)
        for session in ["a", "b", "c"] { _ = bindings.bind([Self.name(session)], to: 0, maker: nil, now: Self.now) }
        bindings.touch(bindings.find([Self.name("a")], now: Self.now)!, [Self.name("a")], now: Self.now)
        _ = bindings.bind([Self.name("d")], to: 0, maker: nil, now: Self.now)
        let kept = ["a", "b", "c", "d"].map { bindings.find([Self.name($0)], now: Self.now) != nil }
        check(kept, [true, false, true, true], "kept")
        check(bindings.all.map { bindings[$0]!.names[0].session }, ["c", "a", "d"], "order of use")
    }

    @Test func `the number of one that is gone never means another`() {
        var bindings = Bindings(lifetime: 60_000, countMax: 1)
        let first = bindings.bind([Self.name("a")], to: 0, maker: 1, now: Self.now)
        let second = bindings.bind([Self.name("b")], to: 1, maker: 1, now: Self.now)
        bindings.abandon(first, maker: 1)
        bindings.setDetour(first, 0)
        check(bindings[first], nil, "the first")
        check(bindings[second]?.detour, nil, "the second is untouched")
        bindings.removeAll()
        let third = bindings.bind([Self.name("c")], to: 1, maker: nil, now: Self.now)
        check(Set([first, second, third]).count, 3, "numbers")
        check(bindings.account(of: second), nil, "cleared")
    }

    @Test(arguments: [2, 4, 5, 64, 70])
    func `all names of a conversation lead to it, up to a bound`(count: Int) {
        var bindings = Bindings(lifetime: 60_000, countMax: 10)
        let names = (0..<count).map { Self.name("s\($0)") }
        let number = bindings.bind(names, to: 0, maker: nil, now: Self.now)
        for _ in 0..<2 { bindings.touch(number, names, now: Self.now) }
        let found = names.count { bindings.find([$0], now: Self.now) == number }
        check(found, min(count, Bindings.namesMax), "names")
        check(bindings[number]?.names.count, found, "each once")
    }

    @Test func `a name that moves leaves the conversation that it led to`() {
        var bindings = Bindings(lifetime: 60_000, countMax: 10)
        let first = bindings.bind([Self.name("a"), Self.name("x")], to: 0, maker: nil, now: Self.now)
        let second = bindings.bind([Self.name("b")], to: 1, maker: nil, now: Self.now)
        bindings.touch(second, [Self.name("b"), Self.name("x")], now: Self.now)
        check(bindings.find([Self.name("x")], now: Self.now), second, "x")
        check(bindings[first]?.names, [Self.name("a")], "the first")
        check(bindings.find([Self.name("a", apiKey: "other")], now: Self.now), nil, "another API key's")
    }

    @Test func `changes are told once each, and those of the same place apart`() {
        var bindings = Bindings(lifetime: 60_000, countMax: 2)
        check(bindings.takeChanges(), .all, "at first")
        let first = bindings.bind([Self.name("a")], to: 0, maker: nil, now: Self.now)
        for _ in 0..<3 { bindings.touch(first, [Self.name("a")], now: Self.now) }
        check(bindings.takeChanges(), .some([first]), "made and used")
        bindings.forget(account: 0)
        let second = bindings.bind([Self.name("b")], to: 1, maker: nil, now: Self.now)
        check(bindings.takeChanges(), .some([first, second].sorted()), "gone and made")
        check(bindings.takeChanges(), .some([]), "nothing more")
        bindings.move(accounts: [1, 0])
        check(bindings.takeChanges(), .some([]), "another place is no change")
        bindings.move(accounts: [nil, 0])
        check(bindings.takeChanges(), .some([second]), "an account that is gone is one")
        check(bindings.count, 0, "left")
    }
}
