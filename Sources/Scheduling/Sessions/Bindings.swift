/// Which account a conversation last worked on, so that the upstream's prompt cache and its thought signatures stay useful.
///
/// Bounded: the binding that was used least recently goes first. A conversation may have several names; all lead to one
/// binding.
struct Bindings: Sendable, Equatable {
    /// A name of a conversation: two API keys never share one, and each quota key has its own account.
    struct Name: Sendable, Hashable {
        let apiKeyID: String
        let session: String
        let key: Int
    }

    struct Binding: Sendable, Equatable {
        var account: String
        /// Where it is served while its account is locked for a short time.
        var detour: String?
        /// The request that made it and has not delivered anything yet: it goes if nothing comes of that request.
        var maker: String?
        var expiresAt: SchedulerInstant
        fileprivate(set) var names: [Name]
        fileprivate var older: Int?
        fileprivate var newer: Int?
    }

    static let namesMax = 64

    private(set) var lifetime: Int
    private(set) var countMax: Int
    private var numbers: [Name: Int] = [:]
    private var bindings: [Int: Binding] = [:]
    private var next = 0
    private var oldest: Int?
    private var newest: Int?
    /// Those that differ from what `takeChanges` last told; nil when they are too many to tell, and before the first call.
    private var changed: Set<Int>?

    /// More changes than this are told as a whole.
    static let changesMax = 65_536

    init(lifetime: Int, countMax: Int) {
        self.lifetime = lifetime
        self.countMax = countMax
    }

    var count: Int { bindings.count }

    mutating func configure(lifetime: Int, countMax: Int) {
        self.lifetime = lifetime
        self.countMax = countMax
        while bindings.count > countMax, let oldest { remove(oldest) }
    }

    /// The number of the binding that one of these names leads to; an expired one is gone.
    mutating func find(_ names: [Name], now: SchedulerInstant) -> Int? {
        for name in names {
            guard let number = numbers[name] else { continue }
            if let binding = bindings[number], now < binding.expiresAt { return number }
            remove(number)
        }
        return nil
    }

    subscript(number: Int) -> Binding? { bindings[number] }

    /// Makes a binding, or changes the one the names lead to.
    mutating func bind(
        _ names: [Name], to account: String, maker: String?, lifetime: Int? = nil, now: SchedulerInstant
    ) -> Int {
        let number: Int
        if let known = find(names, now: now) {
            number = known
            bindings[number]!.account = account
            bindings[number]!.detour = nil
            bindings[number]!.maker = maker
        } else {
            number = next
            next += 1
            bindings[number] = Binding(
                account: account, detour: nil, maker: maker, expiresAt: now, names: [], older: nil, newer: nil)
            append(number)
            note(number)
        }
        touch(number, names, lifetime: lifetime, now: now)
        while bindings.count > countMax, let oldest { remove(oldest) }
        return number
    }

    /// The binding was used: its life begins anew, and the names it was found by become its own.
    mutating func touch(_ number: Int, _ names: [Name], lifetime: Int? = nil, now: SchedulerInstant) {
        guard bindings[number] != nil else { return }
        note(number)
        bindings[number]!.expiresAt = now.advanced(by: lifetime ?? self.lifetime)
        for name in names where numbers[name] != number {
            guard bindings[number]!.names.count < Self.namesMax else { break }
            if let other = numbers[name] {
                bindings[other]?.names.removeAll { $0 == name }
                note(other)
            }
            numbers[name] = number
            bindings[number]!.names.append(name)
        }
        guard newest != number else { return }
        unlink(number)
        append(number)
    }

    mutating func setDetour(_ number: Int, _ account: String?) {
        guard bindings[number] != nil, bindings[number]!.detour != account else { return }
        bindings[number]!.detour = account
        note(number)
    }

    /// Something was delivered: the binding stands by itself.
    mutating func confirm(_ number: Int, maker: String) {
        guard bindings[number]?.maker == maker else { return }
        bindings[number]!.maker = nil
        note(number)
    }

    /// Nothing came of the request: a binding that only it had made goes.
    mutating func abandon(_ number: Int, maker: String) {
        if bindings[number]?.maker == maker { remove(number) }
    }

    mutating func removeAll(where isGone: (Binding) -> Bool) {
        for (number, binding) in bindings where isGone(binding) { remove(number) }
    }

    mutating func removeAll() { self = Bindings(lifetime: lifetime, countMax: countMax) }

    /// No conversation waits for this account any more.
    mutating func forget(account: String) {
        for (number, binding) in bindings {
            if binding.account == account {
                remove(number)
            } else if binding.detour == account {
                setDetour(number, nil)
            }
        }
    }

    /// Their numbers, from the one used least recently to the one used last.
    var all: [Int] {
        var list: [Int] = []
        var number = oldest
        while let current = number, let binding = bindings[current] {
            list.append(current)
            number = binding.newer
        }
        return list
    }

    // MARK: Changes

    enum Changes: Sendable, Equatable {
        /// Everything is to be told anew.
        case all
        /// Those that were made, used or removed.
        case some([Int])
    }

    /// What changed since the last call.
    mutating func takeChanges() -> Changes {
        defer { changed = [] }
        return changed.map { .some($0.sorted()) } ?? .all
    }

    private mutating func note(_ number: Int) {
        changed?.insert(number)
        if changed?.count ?? 0 > Self.changesMax { changed = nil }
    }

    // MARK: The order of use

    private mutating func remove(_ number: Int) {
        guard let binding = bindings[number] else { return }
        unlink(number)
        for name in binding.names where numbers[name] == number { numbers[name] = nil }
        bindings[number] = nil
        note(number)
    }

    private mutating func append(_ number: Int) {
        bindings[number]!.older = newest
        bindings[number]!.newer = nil
        if let newest { bindings[newest]!.newer = number }
        newest = number
        if oldest == nil { oldest = number }
    }

    private mutating func unlink(_ number: Int) {
        guard let binding = bindings[number] else { return }
        if let older = binding.older { bindings[older]!.newer = binding.newer } else { oldest = binding.newer }
        if let newer = binding.newer { bindings[newer]!.older = binding.older } else { newest = binding.older }
    }
}
