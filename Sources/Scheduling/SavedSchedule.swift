/// What a scheduler keeps over a restart: locks, ladders, states and conversations. Moments are milliseconds from the one at
/// which it was taken, so that whoever stores it can turn them into wall time.
public struct SavedSchedule: Sendable, Equatable {
    public struct Account: Sendable, Equatable {
        public var id: String
        public var state: AccountState
        public var stateCount: Int
        public var stateRemembersFor: Int
        /// When the service looks by itself, if it does.
        public var probeIn: Int?
        /// Thousandths.
        public var health: Int
        public var cells: [Cell]
        public var models: [Model]

        public init(
            id: String, state: AccountState, stateCount: Int, stateRemembersFor: Int, probeIn: Int?, health: Int,
            cells: [Cell] = [], models: [Model] = []
        ) {
            self.id = id
            self.state = state
            self.stateCount = stateCount
            self.stateRemembersFor = stateRemembersFor
            self.probeIn = probeIn
            self.health = health
            self.cells = cells
            self.models = models
        }
    }

    public struct Cell: Sendable, Equatable {
        public var key: String
        /// `none`, `held`, `cooling`, `exhausted`.
        public var lock: Int
        public var endsIn: Int
        /// How long ago the lock began.
        public var age: Int
        public var reason: AttemptClass?
        public var isProbing: Bool
        public var ladders: [Ladder]

        public init(
            key: String, lock: Int, endsIn: Int, age: Int, reason: AttemptClass?, isProbing: Bool,
            ladders: [Ladder] = []
        ) {
            self.key = key
            self.lock = lock
            self.endsIn = endsIn
            self.age = age
            self.reason = reason
            self.isProbing = isProbing
            self.ladders = ladders
        }
    }

    public struct Ladder: Sendable, Equatable {
        public var kind: String
        public var count: Int
        public var remembersFor: Int

        public init(kind: String, count: Int, remembersFor: Int) {
            self.kind = kind
            self.count = count
            self.remembersFor = remembersFor
        }
    }

    public struct Model: Sendable, Equatable {
        public var model: String
        public var endsIn: Int
        public var count: Int
        public var remembersFor: Int

        public init(model: String, endsIn: Int, count: Int, remembersFor: Int) {
            self.model = model
            self.endsIn = endsIn
            self.count = count
            self.remembersFor = remembersFor
        }
    }

    public struct Binding: Sendable, Equatable {
        /// Stays the same as long as this scheduler lives, and means nothing to another one.
        public var number: Int
        public var names: [Name]
        public var account: String
        public var detour: String?
        public var endsIn: Int

        public init(number: Int, names: [Name], account: String, detour: String?, endsIn: Int) {
            self.number = number
            self.names = names
            self.account = account
            self.detour = detour
            self.endsIn = endsIn
        }
    }

    public struct Name: Sendable, Equatable {
        public var apiKeyID: String
        public var session: String
        public var key: String

        public init(apiKeyID: String, session: String, key: String) {
            self.apiKeyID = apiKeyID
            self.session = session
            self.key = key
        }
    }

    /// What has become of conversations since they were last kept.
    public struct BindingChanges: Sendable, Equatable {
        /// Whatever is not in `kept` is gone.
        public var isWhole: Bool
        public var kept: [Binding]
        /// Numbers.
        public var gone: [Int]

        public var isEmpty: Bool { !isWhole && kept.isEmpty && gone.isEmpty }
    }

    /// Nothing is locked for longer, in milliseconds.
    public static let lockMax = LadderSteps.lockMax

    public var accounts: [Account] = []
    /// From the one used least recently to the one used last.
    public var bindings: [Binding] = []

    public init() {}

    /// Locks with less left than this are not worth keeping.
    static let lockMin = 60_000
}

extension Scheduler {
    /// What is to be kept now.
    public func saved(at now: SchedulerInstant) -> SavedSchedule {
        var saved = SavedSchedule()
        saved.accounts = savedAccounts(at: now)
        saved.bindings = bindings.all.compactMap { save($0, now) }
        return saved
    }

    /// What is to be kept of accounts now.
    public func savedAccounts(at now: SchedulerInstant) -> [SavedSchedule.Account] {
        pool.accounts.compactMap { save($0, now) }
    }

    /// What has become of conversations since the last call; at the first one, and when asked for, all of them.
    public mutating func takeBindingChanges(
        at now: SchedulerInstant, isWhole: Bool = false
    ) -> SavedSchedule.BindingChanges {
        let changes = bindings.takeChanges()
        switch isWhole ? .all : changes {
        case .all:
            return SavedSchedule.BindingChanges(
                isWhole: true, kept: bindings.all.compactMap { save($0, now) }, gone: [])
        case .some(let numbers):
            var changes = SavedSchedule.BindingChanges(isWhole: false, kept: [], gone: [])
            for number in numbers {
                if let binding = save(number, now) {
                    changes.kept.append(binding)
                } else {
                    changes.gone.append(number)
                }
            }
            return changes
        }
    }

    private func save(_ number: Int, _ now: SchedulerInstant) -> SavedSchedule.Binding? {
        guard let binding = bindings[number], binding.maker == nil, now < binding.expiresAt, !binding.names.isEmpty
        else { return nil }
        let names = binding.names.map {
            SavedSchedule.Name(apiKeyID: $0.apiKeyID, session: $0.session, key: keys.name($0.key))
        }
        return SavedSchedule.Binding(
            number: number, names: names, account: pool[binding.account].facts.id,
            detour: binding.detour.map { pool[$0].facts.id },
            endsIn: now.milliseconds(until: binding.expiresAt))
    }

    private func save(_ account: PoolAccount, _ now: SchedulerInstant) -> SavedSchedule.Account? {
        let cells = account.cells.indices.compactMap { key in account.cells[key].flatMap { save($0, key, now) } }
            .sorted { $0.key < $1.key }
        let models = account.modelCells.sorted { $0.key < $1.key }.map { model, cell in
            SavedSchedule.Model(
                model: model, endsIn: now.milliseconds(until: cell.until), count: cell.ladder.count,
                remembersFor: cell.ladder.remembersFor(at: now))
        }
        let isPlain = cells.isEmpty && models.isEmpty && account.state == .active
        guard !isPlain || account.health < PoolAccount.healthMax else { return nil }
        return SavedSchedule.Account(
            id: account.facts.id, state: account.state.moved(by: -now.milliseconds),
            stateCount: account.stateLadder.count,
            stateRemembersFor: account.stateLadder.remembersFor(at: now),
            probeIn: account.isProbed ? 0 : account.probeAt.map { now.milliseconds(until: $0) }, health: account.health,
            cells: cells, models: models)
    }

    private func save(_ cell: Cell, _ key: Int, _ now: SchedulerInstant) -> SavedSchedule.Cell? {
        let left = now.milliseconds(until: cell.until)
        let isLocked = cell.lock != .none && left >= SavedSchedule.lockMin
        let isProbing = if case .probing = cell.standing(at: now) { true } else { false }
        let ladders = cell.ladders.filter { now < $0.value.remembersUntil }
        guard isLocked || isProbing || !ladders.isEmpty else { return nil }
        return SavedSchedule.Cell(
            key: keys.name(key), lock: isLocked ? cell.lock.rawValue : 0, endsIn: isLocked ? left : 0,
            age: isLocked ? cell.lockedAt.milliseconds(until: now) : 0, reason: isLocked ? cell.reason : nil,
            isProbing: isProbing,
            ladders: ladders.sorted { $0.key.rawValue < $1.key.rawValue }.map {
                SavedSchedule.Ladder(
                    kind: $0.key.rawValue, count: $0.value.count,
                    remembersFor: $0.value.remembersFor(at: now))
            })
    }

    /// Puts back what was kept. Accounts that are gone are passed over, and so is what has ended meanwhile. What has been
    /// learnt since the start stands: a lock never ends earlier for what was kept.
    mutating func restore(_ saved: SavedSchedule, _ now: SchedulerInstant) {
        for account in saved.accounts {
            guard let place = pool.place(of: account.id) else { continue }
            if pool[place].state == .active {
                pool[place].state = account.state.moved(by: now.milliseconds)
                pool[place].stateLadder = ladder(account.stateCount, account.stateRemembersFor, now)
                pool[place].probeAt = account.probeIn.map { now.advanced(by: max(0, min($0, LadderSteps.lockMax))) }
            }
            pool[place].restore(health: account.health)
            for cell in account.cells { restore(cell, place, now) }
            for model in account.models.prefix(PoolAccount.modelCellsMax)
            where pool[place].modelCells[model.model] == nil {
                pool[place].modelCells[model.model] = ModelCell(
                    until: now.advanced(by: min(model.endsIn, LadderSteps.lockMax)),
                    ladder: ladder(model.count, model.remembersFor, now))
            }
        }
        for binding in saved.bindings where binding.endsIn > 0 {
            guard let account = pool.place(of: binding.account) else { continue }
            let names = binding.names.map {
                Bindings.Name(apiKeyID: $0.apiKeyID, session: $0.session, key: keys.number(ofKey: $0.key))
            }
            guard !names.isEmpty, bindings.find(names, now: now) == nil else { continue }
            let life = min(binding.endsIn, settings.sessionLifetimeMilliseconds)
            let number = bindings.bind(names, to: account, maker: nil, lifetime: life, now: now)
            if let detour = binding.detour.flatMap({ pool.place(of: $0) }) { bindings.setDetour(number, detour) }
        }
    }

    private mutating func restore(_ saved: SavedSchedule.Cell, _ place: Int, _ now: SchedulerInstant) {
        var ladders: [LadderKind: Ladder] = [:]
        for ladder in saved.ladders {
            guard let kind = LadderKind(rawValue: ladder.kind) else { continue }
            ladders[kind] = self.ladder(ladder.count, ladder.remembersFor, now)
        }
        let isLocked = saved.endsIn > 0
        let cell = Cell(
            lock: isLocked ? Cell.Lock(rawValue: saved.lock) ?? .none : .none,
            until: isLocked ? now.advanced(by: min(saved.endsIn, LadderSteps.lockMax)) : .distantPast,
            lockedAt: isLocked ? now.advanced(by: -saved.age) : .distantPast, reason: saved.reason,
            isProbing: saved.isProbing || saved.lock > Cell.Lock.held.rawValue && !isLocked, ladders: ladders)
        pool[place].withCell(keys.number(ofKey: saved.key)) { $0.merge(kept: cell, now: now) }
    }

    private func ladder(_ count: Int, _ remembersFor: Int, _ now: SchedulerInstant) -> Ladder {
        Ladder(count: count, forgetAt: count == 0 ? .distantPast : now.advanced(by: remembersFor))
    }
}

extension AccountState {
    /// The same state with its end moved.
    func moved(by milliseconds: Int) -> AccountState {
        switch self {
        case .active, .needsReauthorisation: self
        case .authFailed(let until): .authFailed(until: until.advanced(by: milliseconds))
        case .validation(let until, let url): .validation(until: until.advanced(by: milliseconds), url: url)
        case .forbidden(let until): .forbidden(until: until?.advanced(by: milliseconds))
        }
    }
}
