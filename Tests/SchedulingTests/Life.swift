@testable import Scheduling

/// One thing that happens in a random life. Numbers are taken modulo what there is, so a list from which steps were removed
/// can still be lived.
enum Step: Sendable, Equatable {
    case ask(model: Int, session: Int?, key: Int, body: UInt8, isBackground: Bool, operation: LeaseOperation)
    case report(lease: Int, AttemptClass, delay: Int?, wantsNext: Bool)
    case repeatReport
    case commit(lease: Int)
    case credential(lease: Int, AttemptClass)
    case cancel(request: Int)
    case workerGone(Int)
    case accounts(seed: UInt64)
    case settings(SchedulingMode, preferred: Int?)
    case probed(account: Int, AttemptClass)
    case reactivated(account: Int)
    case clear(account: Int?)
    case clearBindings
    case pass(milliseconds: Int)
}

/// A scheduler among random events, and an observer who knows the promises and nothing of how they are kept.
struct Life {
    private(set) var harness: SchedulerHarness
    private var facts: [AccountFacts] = []
    private var requestCount = 0
    private var asks: [String: LeaseAsk] = [:]
    /// Live leases by request, and every account each request has been given.
    private var live: [String: Lease] = [:]
    private var history: [String: [Lease]] = [:]
    private var committed: Set<String> = []
    private var waiting: [String: SchedulerInstant] = [:]
    private var lastReport: SchedulerEvent?
    private(set) var fault: String?

    static let models = [
        "claude-sonnet-4-5", "claude-opus-4-5-thinking", "gemini-3-flash", "gemini-3-pro-high", "gemini-3-pro-image",
        "other",
    ]

    init(seed: UInt64) {
        harness = SchedulerHarness(accounts: 0, mode: .balance) {
            $0.endpointCount = 1 + Int(seed % 3)
            $0.leasesPerAccountMax = Int(seed % 5) * 2
            $0.sessionCountMax = 20
            $0.requestsPerMinute = seed % 7 == 0 ? 30 : 0
            $0.grantIntervalMilliseconds = seed % 11 == 0 ? 200 : 0
            $0.protection.isEnabled = seed % 2 == 0
        }
        harness.random = SeededGenerator(seed: seed &+ 1)
        perform(.accounts(seed: seed))
    }

    mutating func perform(_ step: Step) {
        let before = harness.scheduler
        guard let event = event(of: step) else {
            if case .pass(let milliseconds) = step { pass(milliseconds) }
            return
        }
        let effects = harness.send(event)
        observe(event, effects, before)
        if case .repeatReport = step, harness.scheduler != before, !effects.contains(where: \.isMove) {
            fault = "a report that came twice changed the state"
        }
    }

    /// Time goes by, the scheduler being woken whenever it wants to be.
    private mutating func pass(_ milliseconds: Int) {
        let end = harness.now.advanced(by: milliseconds)
        // A full line, each in it looked at every two seconds for its ninety.
        for _ in 0..<12_000 {
            guard let wake = harness.scheduler.nextWake, wake <= end else { break }
            harness.now = max(harness.now, wake)
            let before = harness.scheduler
            observe(.timePassed, harness.send(.timePassed), before)
        }
        if let wake = harness.scheduler.nextWake, wake < end { fault = "the scheduler is woken without end" }
        harness.now = end
        let before = harness.scheduler
        observe(.timePassed, harness.send(.timePassed), before)
        for (request, end) in waiting where harness.now >= end { fault = "\(request) waits beyond its schedule" }
    }

    private mutating func event(of step: Step) -> SchedulerEvent? {
        let leases = live.values.sorted { $0.id < $1.id }
        func lease(_ number: Int) -> Lease? { leases.isEmpty ? nil : leases[number % leases.count] }
        func account(_ number: Int) -> String? { facts.isEmpty ? nil : facts[number % facts.count].id }
        switch step {
        case .ask(let model, let session, let key, let body, let isBackground, let operation):
            requestCount += 1
            let ask = LeaseAsk(
                requestID: "r\(requestCount)", attempt: 1, worker: requestCount % 3, operation: operation,
                isBackground: isBackground, apiKeyID: "k\(key)", upstreamModel: Self.models[model % Self.models.count],
                sessions: session.map { ["s\($0)"] } ?? [], clientHint: session == nil ? "h\(key)" : nil,
                bodyDigest: [body], scheduleMillisecondsLeft: 90_000, totalMillisecondsLeft: 590_000)
            asks[ask.requestID] = ask
            return .requested(ask)
        case .report(let number, let attemptClass, let delay, let wantsNext):
            guard let lease = lease(number) else { return nil }
            lastReport = harness.report(lease, attemptClass, delay: delay, wantsNext: wantsNext)
            return lastReport
        case .repeatReport: return lastReport
        case .commit(let number): return lease(number).map { .committed(lease: $0.id) }
        case .credential(let number, let attemptClass):
            return lease(number).map { .credentialFailed(lease: $0.id, attemptClass: attemptClass) }
        case .cancel(let number):
            let known = Array(live.keys).sorted() + waiting.keys.sorted()
            return known.isEmpty ? nil : .cancelled(requestID: known[number % known.count])
        case .workerGone(let worker): return .workerGone(worker % 3)
        case .accounts(let seed):
            facts = Self.accounts(seed, harness.now)
            return .accountsChanged(facts)
        case .settings(let mode, let preferred):
            var settings = harness.scheduler.settings
            settings.mode = mode
            settings.preferredAccount = preferred.flatMap { account($0) }
            return .settingsChanged(settings)
        case .probed(let number, let attemptClass):
            return account(number).map { .probed(account: $0, attemptClass, isPermanent: false) }
        case .reactivated(let number): return account(number).map { .reactivated(account: $0) }
        case .clear(let number): return .limitsCleared(account: number.flatMap { account($0) })
        case .clearBindings: return .bindingsCleared
        case .pass: return nil
        }
    }

    static func accounts(_ seed: UInt64, _ now: SchedulerInstant) -> [AccountFacts] {
        var dice = SeededGenerator(seed: seed)
        return (0..<Int.random(in: 0...20, using: &dice)).map { index in
            let quota: QuotaSnapshot? =
                Int.random(in: 0..<3, using: &dice) == 0
                ? nil
                : QuotaSnapshot(
                    models: models.filter { _ in Int.random(in: 0..<5, using: &dice) > 0 }.map {
                        .init(
                            name: $0, percentage: Int.random(in: 0...100, using: &dice),
                            resetAt: now.advanced(by: Int.random(in: -60_000...7_200_000, using: &dice)))
                    }, takenAt: now.advanced(by: -Int.random(in: 0...90_000_000, using: &dice)))
            return AccountFacts(
                id: "a\(index)", kind: Int.random(in: 0..<8, using: &dice) == 0 ? .geminiKey : .codeAssist,
                isDisabled: Int.random(in: 0..<8, using: &dice) == 0,
                isProxyDisabled: Int.random(in: 0..<8, using: &dice) == 0,
                tier: [nil, "free-tier", "standard-tier", "g1-ultra"].randomElement(using: &dice)!, quota: quota)
        }
    }

    // MARK: The observer

    private mutating func observe(_ event: SchedulerEvent, _ effects: [SchedulerEffect], _ before: Scheduler) {
        forgetEnded(event)
        for effect in effects {
            switch effect {
            case .grant(let lease): begin(lease, isRepeat: false, before)
            case .verdict(let verdict):
                if let lease = verdict.action.lease {
                    begin(lease, isRepeat: verdict.action.staysWithAccount, before)
                } else {
                    forget(verdict.requestID)
                }
            case .deny(let id, _, let final):
                forget(id)
                checkDenial(final, of: id, event, before)
            case .wait(let id, _, _, _):
                live[id] = nil
                waiting[id] = harness.now.advanced(by: 90_000)
                if let known = before.requests[id] { waiting[id] = known.attemptsEnd }
                checkWait(event, before)
            case .revoke, .accountState, .probe, .confirmCredentials, .readQuota: break
            }
        }
        checkCounts()
        checkNumbers()
        checkLocks(event, before)
        checkChoice(event, effects, before)
    }

    /// What ends without an effect.
    private mutating func forgetEnded(_ event: SchedulerEvent) {
        switch event {
        case .outcome(let report) where !report.wantsNext:
            if live[report.requestID]?.id == report.lease { forget(report.requestID) }
        case .committed(let lease):
            if let owner = live.first(where: { $0.value.id == lease })?.key { committed.insert(owner) }
        case .cancelled(let id): forget(id)
        case .workerGone(let worker):
            for (id, lease) in live where lease.worker == worker { forget(id) }
            for id in waiting.keys where asks[id]?.worker == worker { forget(id) }
        case .timePassed:
            for id in live.keys where !harness.scheduler.isKnown(request: id) { forget(id) }
        default: break
        }
    }

    private mutating func begin(_ lease: Lease, isRepeat: Bool, _ before: Scheduler) {
        let id = lease.requestID
        if let last = history[id]?.last, last == lease { return }
        let scheduler = harness.scheduler
        guard let place = scheduler.pool.place(of: lease.account), let ask = asks[id] else {
            fault = "a lease for nobody"
            return
        }
        let account = scheduler.pool[place]
        if committed.contains(id) { fault = "a lease after content" }
        if !account.isUsable { fault = "a lease on an account that cannot be used" }
        var keys = scheduler.keys
        let key = keys.number(ofModel: ask.upstreamModel)
        if !isRepeat {
            if case .locked = account.standing(key, at: harness.now) { fault = "a lease on a locked cell" }
            if account.quota.protection(key, at: harness.now).isOn { fault = "a lease on a protected quota" }
            if let cell = account.modelCells[ask.upstreamModel], cell.until > harness.now {
                fault = "a lease for a model that the account lacks"
            }
            if history[id]?.contains(where: { $0.account == lease.account }) == true {
                fault = "the same account twice"
            }
        }
        if case .probing = account.standing(key, at: harness.now), account.cells[key]?.probe != lease.id, !isRepeat {
            fault = "two leases on a probing cell"
        }
        history[id, default: []].append(lease)
        live[id] = lease
        waiting[id] = nil
        let state = scheduler.requests[id]
        if let state, state.retries > 2 || state.walk > 8 || state.repairs > 1 { fault = "a counter is overdrawn" }
        if history[id]!.count > 24 { fault = "\(history[id]!.count) attempts" }
    }

    private mutating func forget(_ id: String) {
        live[id] = nil
        history[id] = nil
        waiting[id] = nil
        asks[id] = nil
    }

    private mutating func checkCounts() {
        let scheduler = harness.scheduler
        if scheduler.liveLeaseCount != live.count { fault = "\(scheduler.liveLeaseCount) leases, not \(live.count)" }
        if scheduler.line.count != waiting.count { fault = "\(scheduler.line.count) wait, not \(waiting.count)" }
        let most = scheduler.settings.leasesPerAccountMax
        for account in scheduler.pool.accounts {
            let count = live.values.count { $0.account == account.facts.id }
            if account.leaseCount != count {
                fault = "slots of \(account.facts.id): \(account.leaseCount), not \(count)"
            }
            if most > 0, count > most { fault = "\(count) leases on one account" }
        }
        if scheduler.bindings.count > scheduler.settings.sessionCountMax { fault = "too many bindings" }
        if scheduler.quarantine.count > Quarantine.digestsMax { fault = "too many bodies in quarantine" }
        let usable = scheduler.pool.accounts.filter(\.isUsable)
        for key in 0..<scheduler.keys.count where !usable.isEmpty {
            let areAllAway = usable.allSatisfy { account in
                guard case .locked(.cooling, _) = account.standing(key, at: harness.now) else { return false }
                return account.cells[key]?.reason?.isStrike == true
            }
            // Accounts that left meanwhile may leave those behind that were sent away with them.
            if areAllAway, facts.count == usable.count { fault = "every account is away for upstream errors" }
        }
    }

    /// What stands twice in the state says the same twice: places of accounts, the moment of the next look.
    private mutating func checkNumbers() {
        var scheduler = harness.scheduler
        for lease in live.values {
            guard let owner = scheduler.owner(ofLive: lease.id) else {
                fault = "the name of \(lease.id) leads nowhere"
                continue
            }
            let place = scheduler.requests[owner].leasePlace
            if place != scheduler.pool.place(of: lease.account) { fault = "\(lease.id) stands at another place" }
        }
        for binding in scheduler.bindings.all.compactMap({ scheduler.bindings[$0] }) {
            let places = [binding.account] + (binding.detour.map { [$0] } ?? [])
            if !places.allSatisfy(scheduler.pool.indices.contains) { fault = "a conversation of no account" }
        }
        var pool = scheduler.pool
        pool.noteLooks()
        if pool.nextLook != scheduler.pool.nextLook { fault = "the next look is at another moment" }
        let members = scheduler.pool.tiers.flatMap { $0 }
        if members.sorted() != Array(scheduler.pool.indices) { fault = "a tier lacks an account" }
    }

    /// Locks appear only where the event concerns them, and end only for a reason.
    private mutating func checkLocks(_ event: SchedulerEvent, _ before: Scheduler) {
        var concerned: Set<String> = []
        var mayEnd = false
        switch event {
        case .outcome(let report):
            var before = before
            guard let request = before.owner(ofLive: report.lease).map({ before.requests[$0] }) else { break }
            if report.attemptClass.isLocal {
                if before.pool.accounts.map(\.health) != harness.scheduler.pool.accounts.map(\.health) {
                    fault = "\(report.attemptClass) is held against an account"
                }
            } else {
                concerned.insert("\(request.lease!.account)/\(request.key)")
            }
            mayEnd = report.attemptClass == .success
        case .accountsChanged, .limitsCleared, .restored: return
        default: break
        }
        for account in harness.scheduler.pool.accounts {
            guard let old = before.pool.place(of: account.facts.id).map({ before.pool[$0] }) else { continue }
            for key in account.cells.indices {
                let oldCell = key < old.cells.count ? old.cells[key] : nil
                let cell = account.cells[key]
                if concerned.contains("\(account.facts.id)/\(key)") {
                    guard !mayEnd, let oldCell, case .locked(let lock, let until) = oldCell.standing(at: harness.now)
                    else { continue }
                    if cell == nil || cell!.lock < lock || cell!.until < until { fault = "a lock became shorter" }
                } else if let cell, case .locked(let lock, let until) = cell.standing(at: harness.now) {
                    if oldCell == nil || oldCell!.lock != lock || oldCell!.until != until {
                        fault = "a lock where nothing happened"
                    }
                } else if let oldCell, case .locked = oldCell.standing(at: harness.now) {
                    fault = "a lock ended for no reason"
                }
            }
        }
    }

    private mutating func checkWait(_ event: SchedulerEvent, _ before: Scheduler) {
        if case .requested(let ask) = event { checkNobodyOpen(ask, before, "waits") }
    }

    private mutating func checkDenial(
        _ final: FinalVerdict, of id: String, _ event: SchedulerEvent, _ before: Scheduler
    ) {
        guard case .requested(let ask) = event, ask.requestID == id, final.reason != .requestRejected else { return }
        checkNobodyOpen(ask, before, "is denied")
        guard final.reason == .rateLimited || final.reason == .quotaExhausted, !ask.isBackground,
            let wait = final.retryAfterMilliseconds
        else { return }
        // Asking again after the stated time finds somebody, if nothing else happens.
        var later = harness
        later.pass(milliseconds: (wait + 999) / 1_000 * 1_000)
        later.send(.timePassed)
        let again = LeaseAsk(
            requestID: "again", attempt: ask.attempt, worker: ask.worker, operation: ask.operation,
            apiKeyID: ask.apiKeyID, upstreamModel: ask.upstreamModel, sessions: ask.sessions,
            clientHint: ask.clientHint, bodyDigest: ask.bodyDigest,
            scheduleMillisecondsLeft: ask.scheduleMillisecondsLeft, totalMillisecondsLeft: ask.totalMillisecondsLeft)
        let answer = later.send(.requested(again))
        if answer.leases.isEmpty, answer.wait == nil { fault = "the stated wait was not true: \(answer)" }
    }

    /// Whoever can be served at once is.
    private mutating func checkNobodyOpen(_ ask: LeaseAsk, _ before: Scheduler, _ what: String) {
        guard before.line.count == 0, before.modelHolds.until(ask.upstreamModel, at: harness.now) == nil,
            before.settings.mode != .cacheFirst, !ask.isBackground
        else { return }
        var before = before
        var demand = before.demand(of: ask, at: harness.now)
        for place in before.pool.indices where before.sight(place, &demand, harness.now).isOpen {
            fault = "a request \(what) although \(before.pool[place].facts.id) is free"
        }
    }

    /// No worse tier while a better one is open.
    private mutating func checkChoice(_ event: SchedulerEvent, _ effects: [SchedulerEffect], _ before: Scheduler) {
        guard case .requested(let ask) = event, let lease = effects.grant, lease.requestID == ask.requestID,
            lease.sticky == .new || lease.sticky == .none, before.settings.mode != .performanceFirst, !ask.isBackground,
            let chosen = before.pool.place(of: lease.account)
        else { return }
        var before = before
        var demand = before.demand(of: ask, at: harness.now)
        for place in before.pool.indices
        where before.pool[place].tier < before.pool[chosen].tier && before.sight(place, &demand, harness.now).isOpen {
            fault = "a worse tier serves while \(before.pool[place].facts.id) is free"
        }
    }
}

extension Scheduler {
    /// What a request would need that asked now.
    mutating func demand(of ask: LeaseAsk, at now: SchedulerInstant) -> Demand {
        var keys = keys
        return demand(of: RequestFacts(ask: ask, model: keys.model(ask.upstreamModel), serial: 0, now: now))
    }
}

extension SchedulerEffect {
    /// Something beside the answer that was said before.
    var isMove: Bool {
        switch self {
        case .grant, .deny, .wait: true
        default: false
        }
    }
}

extension Verdict.Action {
    /// The next attempt may be on a cell that its own failure has locked.
    var staysWithAccount: Bool {
        switch self {
        case .same, .endpoint: true
        case .other, .end: false
        }
    }
}

extension AttemptClass {
    /// Says nothing about any account.
    var isLocal: Bool {
        switch self {
        case .location, .repairable, .tooLong, .badRequest, .notice, .brokenAfterCommit, .clientGone, .deadline,
            .workerLost, .network, .capacity:
            true
        default: false
        }
    }
}
