/// Which account a conversation last worked on, so that the upstream's prompt cache and its thought signatures stay useful.
///
/// Bounded: the binding that was used least recently goes first. A conversation may have several names; all lead to one
/// binding. Accounts stand here by their place in the pool; whoever changes the pool moves them.
struct Bindings: Sendable, Equatable {
    /// A name of a conversation: two API keys never share one, and each quota key has its own account.
    struct Name: Sendable, Hashable {
        let apiKeyID: String
        let session: String
        let key: Int

        /// Sessions of two API keys are hardly ever called the same.
        func hash(into hasher: inout Hasher) {
            hasher.combine(session)
            hasher.combine(key)
        }
    }

    struct Binding: Sendable, Equatable {
        /// Never given twice; 0 where there is no binding.
        fileprivate(set) var number = 0
        fileprivate(set) var account = 0
        /// Where it is served while its account is locked for a short time.
        fileprivate(set) var detour: Int?
        /// The request that made it and has not delivered anything yet: it goes if nothing comes of that request.
        fileprivate(set) var maker: Int?
        fileprivate(set) var expiresAt = SchedulerInstant.distantPast
        fileprivate(set) var names: [Name] = []
        /// Neighbours in the order of use.
        fileprivate var older: Int?
        fileprivate var newer: Int?
        /// The next `takeChanges` will tell of it.
        fileprivate var isNoted = false
    }

    static let namesMax = 64
    /// Up to so many names are compared one by one.
    private static let namesAtSight = 4
    /// A number is that of the entry below, and above these bits how many bindings there were before.
    private static let entryBits = 24

    private(set) var lifetime: Int
    private(set) var countMax: Int
    private var numbers: [Name: Int] = [:]
    private var entries: [Binding] = []
    private var free: [Int] = []
    private var made = 0
    private var oldest: Int?
    private var newest: Int?
    /// Numbers of those that differ from what `takeChanges` last told; nil when they are too many to tell, and before the
    /// first call.
    private var changed: [Int]?

    /// More changes than this are told as a whole.
    static let changesMax = 65_536

    init(lifetime: Int, countMax: Int) {
        self.lifetime = lifetime
        self.countMax = min(countMax, 1 << Self.entryBits)
    }

    var count: Int { entries.count - free.count }

    mutating func configure(lifetime: Int, countMax: Int) {
        self.lifetime = lifetime
        self.countMax = min(countMax, 1 << Self.entryBits)
        while count > self.countMax, let oldest { remove(oldest) }
    }

    /// The number of the binding that one of these names leads to; an expired one is gone.
    mutating func find(_ names: [Name], now: SchedulerInstant) -> Int? {
        for name in names {
            guard let number = numbers[name], let entry = entry(of: number) else { continue }
            if now < entries[entry].expiresAt { return number }
            remove(entry)
        }
        return nil
    }

    /// Nil if it is gone.
    subscript(number: Int) -> Binding? { entry(of: number).map { entries[$0] } }

    /// The account of a binding; nil if it is gone.
    func account(of number: Int) -> Int? { entry(of: number).map { entries[$0].account } }

    /// The request that a binding still depends on; nil if it stands by itself, or is gone.
    func maker(of number: Int) -> Int? { entry(of: number).flatMap { entries[$0].maker } }

    /// Makes a binding, or changes the one the names lead to.
    mutating func bind(
        _ names: [Name], to account: Int, maker: Int?, lifetime: Int? = nil, now: SchedulerInstant
    ) -> Int {
        let entry: Int
        if let known = find(names, now: now).flatMap({ self.entry(of: $0) }) {
            entry = known
        } else {
            entry = free.popLast() ?? entries.count
            if entry == entries.count { entries.append(Binding()) }
            made += 1
            entries[entry].number = made << Self.entryBits | entry
            append(entry)
        }
        entries[entry].account = account
        entries[entry].detour = nil
        entries[entry].maker = maker
        let number = entries[entry].number
        touch(number, names, lifetime: lifetime, now: now)
        while count > countMax, let oldest { remove(oldest) }
        return number
    }

    /// The binding was used: its life begins anew, and the names it was found by become its own.
    mutating func touch(_ number: Int, _ names: [Name], lifetime: Int? = nil, now: SchedulerInstant) {
        guard let entry = entry(of: number) else { return }
        note(entry)
        entries[entry].expiresAt = now.advanced(by: lifetime ?? self.lifetime)
        for name in names where !has(entry, name) {
            guard entries[entry].names.count < Self.namesMax else { break }
            if let other = numbers.updateValue(number, forKey: name).flatMap({ self.entry(of: $0) }) {
                entries[other].names.removeAll { $0 == name }
                note(other)
            }
            entries[entry].names.append(name)
        }
        guard newest != entry else { return }
        unlink(entry)
        append(entry)
    }

    mutating func setDetour(_ number: Int, _ account: Int?) {
        guard let entry = entry(of: number), entries[entry].detour != account else { return }
        entries[entry].detour = account
        note(entry)
    }

    /// Something was delivered: the binding stands by itself.
    mutating func confirm(_ number: Int, maker: Int) {
        guard let entry = entry(of: number), entries[entry].maker == maker else { return }
        entries[entry].maker = nil
        note(entry)
    }

    /// Nothing came of the request: a binding that only it had made goes.
    mutating func abandon(_ number: Int, maker: Int) {
        if let entry = entry(of: number), entries[entry].maker == maker { remove(entry) }
    }

    mutating func removeAll() {
        let made = made
        self = Bindings(lifetime: lifetime, countMax: countMax)
        // Requests may still hold numbers of those that are gone.
        self.made = made
    }

    /// No conversation waits for this account any more.
    mutating func forget(account: Int) {
        for entry in entries.indices where entries[entry].number != 0 {
            if entries[entry].account == account {
                remove(entry)
            } else if entries[entry].detour == account {
                setDetour(entries[entry].number, nil)
            }
        }
    }

    /// The pool has another order.
    ///
    /// - Parameter places: where the account of each place stands now; nil for those that are gone.
    mutating func move(accounts places: [Int?]) {
        for entry in entries.indices where entries[entry].number != 0 {
            guard let place = places[entries[entry].account] else {
                remove(entry)
                continue
            }
            entries[entry].account = place
            guard let detour = entries[entry].detour else { continue }
            entries[entry].detour = places[detour]
            if places[detour] == nil { note(entry) }
        }
    }

    /// Their numbers, from the one used least recently to the one used last.
    var all: [Int] {
        var list: [Int] = []
        var next = oldest
        while let entry = next {
            list.append(entries[entry].number)
            next = entries[entry].newer
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
        for entry in (changed ?? []).compactMap({ entry(of: $0) }) { entries[entry].isNoted = false }
        defer { changed = [] }
        return changed.map { .some($0.sorted()) } ?? .all
    }

    private mutating func note(_ entry: Int) {
        guard changed != nil, !entries[entry].isNoted else { return }
        entries[entry].isNoted = true
        changed!.append(entries[entry].number)
        guard changed!.count > Self.changesMax else { return }
        changed = nil
        for entry in entries.indices { entries[entry].isNoted = false }
    }

    // MARK: Entries

    private func entry(of number: Int) -> Int? {
        let entry = number & (1 << Self.entryBits - 1)
        return entry < entries.count && entries[entry].number == number ? entry : nil
    }

    private func has(_ entry: Int, _ name: Name) -> Bool {
        entries[entry].names.count <= Self.namesAtSight
            ? entries[entry].names.contains(name) : numbers[name] == entries[entry].number
    }

    private mutating func remove(_ entry: Int) {
        note(entry)
        unlink(entry)
        for name in entries[entry].names { numbers[name] = nil }
        entries[entry] = Binding()
        free.append(entry)
    }

    private mutating func append(_ entry: Int) {
        entries[entry].older = newest
        entries[entry].newer = nil
        if let newest { entries[newest].newer = entry }
        newest = entry
        if oldest == nil { oldest = entry }
    }

    private mutating func unlink(_ entry: Int) {
        let (older, newer) = (entries[entry].older, entries[entry].newer)
        if let older { entries[older].newer = newer } else { oldest = newer }
        if let newer { entries[newer].older = older } else { newest = older }
    }
}
