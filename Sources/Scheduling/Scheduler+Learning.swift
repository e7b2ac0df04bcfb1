/// What the outcome of an attempt says about the account, its cells, the model and the base address.
extension Scheduler {
    /// A failed probe of an account that did not say what the trouble is looks again after this long.
    static let probeRetry = 300_000
    /// How long a dead refresh token is given before it is tried once more.
    static let confirmDelay = 60_000

    /// Takes in what came of a live lease. Whatever concerns only the request or only this machine changes nothing.
    mutating func learn(
        _ report: AttemptReport, _ owner: Int, _ now: SchedulerInstant, _ random: inout some RandomNumberGenerator
    ) -> [SchedulerEffect] {
        guard let place = requests[owner].leasePlace else { return [] }
        if case .success = report.attemptClass {
            succeed(place, owner, now)
            return []
        }
        let request = requests[owner]
        guard let lease = request.lease else { return [] }
        switch report.attemptClass {
        case .quota, .credits: return exhaust(place, report, request, now, &random)
        case .rate: cool(place, report, request, now, &random)
        case .bareRefusal: suspect(place, request, now, &random)
        case .capacity:
            let stated = report.retryAfterMilliseconds.map { min($0, LadderSteps.capacityMax) }
            modelHolds.add(
                request.ask.upstreamModel, steps: LadderSteps.capacity, stated: stated, now: now, &random)
        case .overloaded, .server, .emptyStream, .stall: strike(place, report.attemptClass, request, now, &random)
        case .network: endpointHolds.add(lease.endpoint, steps: LadderSteps.endpoint, now: now, &random)
        case .modelNotFound:
            pool[place].missModel(request.ask.upstreamModel, now: now, &random)
            durableRevision += 1
        case .projectInvalid:
            pool[place].blame()
            if lease.credential == .newProject || pool[place].facts.kind == .geminiKey {
                lock(place, request, .cooling, .project, LadderSteps.project, because: .projectInvalid, now, &random)
            }
        case .auth:
            pool[place].blame()
            if case .refreshedAfter = lease.credential { return fail(place, report, now, &random) }
            // A key cannot be refreshed.
            if pool[place].facts.kind == .geminiKey { return fail(place, report, now, &random) }
        case .validation, .forbidden, .invalidGrant:
            pool[place].blame()
            return fail(place, report, now, &random)
        case .refreshTransient: hold(place, now, &random)
        case .success, .clientRefused, .location, .repairable, .tooLong, .badRequest, .notice, .brokenAfterCommit,
            .clientGone, .deadline, .workerLost:
            break
        }
        return []
    }

    // MARK: Good news

    private mutating func succeed(_ place: Int, _ owner: Int, _ now: SchedulerInstant) {
        let model = requests[owner].ask.upstreamModel
        if pool[place].succeed(requests[owner].key, model, grantedAt: requests[owner].grantedAt, now: now) {
            durableRevision += 1
        }
        modelHolds.remove(model)
        if let endpoint = requests[owner].lease?.endpoint { endpointHolds.remove(endpoint) }
        guard quarantine.count > 0 else { return }
        quarantine.remove(
            Quarantine.Key(apiKeyID: requests[owner].ask.apiKeyID, digest: requests[owner].ask.bodyDigest))
    }

    // MARK: Cells

    private mutating func exhaust(
        _ place: Int, _ report: AttemptReport, _ request: RequestState, _ now: SchedulerInstant,
        _ random: inout some RandomNumberGenerator
    ) -> [SchedulerEffect] {
        pool[place].blame()
        durableRevision += 1
        let kind: LadderKind = report.attemptClass == .credits ? .credits : .quota
        let steps = kind == .credits ? LadderSteps.credits : settings.quotaStepsMilliseconds
        let view = pool[place].quota
        var asksQuota = false
        for key in cellKeys(report, request) {
            let known = view.takenAt.milliseconds(until: now) <= Cell.earlyOpeningInterval ? view.reset(key) : nil
            let stated =
                report.retryAfterMilliseconds
                ?? known.map { now.milliseconds(until: $0) }.flatMap { $0 > 0 ? $0 : nil }
            let stays = settings.breaksCircuits || stated != nil
            let counts = counts(place, key, request)
            pool[place].withCell(key) { cell in
                cell.noteFailedProbe()
                if counts || cell.ladders[kind] == nil { cell.ladders[kind, default: Ladder()].advance(now) }
                guard stays else { return }
                let count = cell.ladders[kind]?.count ?? 1
                let length =
                    stated.map { LadderSteps.stated(max($0, LadderSteps.quotaMin), &random) }
                    ?? LadderSteps.jittered(steps[min(count, steps.count) - 1], &random)
                cell.lock(.exhausted, for: length, because: report.attemptClass, now: now)
                cell.ladders[kind]?.locked(until: cell.until, for: length)
                cell.awaitsReset = stated == nil
            }
            if stated == nil { asksQuota = true }
        }
        return asksQuota ? readQuota(place, now) : []
    }

    private mutating func cool(
        _ place: Int, _ report: AttemptReport, _ request: RequestState, _ now: SchedulerInstant,
        _ random: inout some RandomNumberGenerator
    ) {
        pool[place].blame()
        for key in cellKeys(report, request) {
            lock(
                place, request, key: key, .cooling, .rate, LadderSteps.rate,
                stated: report.retryAfterMilliseconds.map { max($0, LadderSteps.rateMin) }, because: .rate, now, &random
            )
        }
    }

    /// One body alone may be to blame itself; several accuse the account.
    private mutating func suspect(
        _ place: Int, _ request: RequestState, _ now: SchedulerInstant, _ random: inout some RandomNumberGenerator
    ) {
        let digest = request.ask.bodyDigest
        let count = pool[place].withCell(request.key) { $0.noteBare(digest, now: now) }
        if count < 2 {
            pool[place].withCell(request.key) {
                $0.lock(.held, for: LadderSteps.hold, because: .bareRefusal, now: now)
            }
        } else {
            lock(place, request, .cooling, .bare, LadderSteps.bare, because: .bareRefusal, now, &random)
        }
    }

    /// Upstream errors may be the account's own if they come in a row; but never is more than half of the pool sent away
    /// for them, since then it is the upstream.
    private mutating func strike(
        _ place: Int, _ attemptClass: AttemptClass, _ request: RequestState, _ now: SchedulerInstant,
        _ random: inout some RandomNumberGenerator
    ) {
        guard pool[place].withCell(request.key, { $0.strike(now: now) }), settings.breaksCircuits else { return }
        let pooled = pool.accounts.count { $0.isUsable }
        let away = pool.accounts.count { account in
            guard account.isUsable, request.key < account.cells.count, let cell = account.cells[request.key] else {
                return false
            }
            guard case .locked(.cooling, _) = cell.standing(at: now) else { return false }
            return cell.reason?.isStrike == true
        }
        guard (away + 1) * 2 <= pooled else { return }
        lock(place, request, .cooling, .outlier, LadderSteps.outlier, because: attemptClass, now, &random)
    }

    private mutating func lock(
        _ place: Int, _ request: RequestState, key: Int? = nil, _ kind: Cell.Lock, _ ladder: LadderKind, _ steps: [Int],
        stated: Int? = nil, because reason: AttemptClass, _ now: SchedulerInstant,
        _ random: inout some RandomNumberGenerator
    ) {
        let key = key ?? request.key
        guard settings.breaksCircuits || stated != nil || ladder == .project else { return }
        durableRevision += 1
        let counts = counts(place, key, request)
        pool[place].withCell(key) { cell in
            if counts || cell.ladders[ladder] == nil { cell.ladders[ladder, default: Ladder()].advance(now) }
            let count = cell.ladders[ladder]?.count ?? 1
            let length =
                stated.map { LadderSteps.stated($0, &random) }
                ?? LadderSteps.jittered(steps[min(count, steps.count) - 1], &random)
            cell.lock(kind, for: length, because: reason, now: now)
            cell.ladders[ladder]?.locked(until: cell.until, for: length)
        }
    }

    private func counts(_ place: Int, _ key: Int, _ request: RequestState) -> Bool {
        guard key < pool[place].cells.count, let cell = pool[place].cells[key] else { return true }
        return cell.counts(grantedAt: request.grantedAt)
    }

    /// The cell of the request, and that of the model which the upstream's error names.
    private mutating func cellKeys(_ report: AttemptReport, _ request: RequestState) -> [Int] {
        guard let named = report.errorModel.map({ keys.number(ofModel: $0) }), named != request.key else {
            return [request.key]
        }
        return [request.key, named]
    }

    // MARK: Accounts

    private mutating func hold(_ place: Int, _ now: SchedulerInstant, _ random: inout some RandomNumberGenerator) {
        let length = LadderSteps.jittered(pool[place].holdLadder.step(LadderSteps.refresh, now: now), &random)
        pool[place].heldUntil = max(pool[place].heldUntil, now.advanced(by: length))
        pool[place].holdLadder.locked(until: pool[place].heldUntil, for: length)
    }

    /// The account as a whole cannot be used: it leaves every conversation.
    mutating func fail(
        _ place: Int, _ report: AttemptReport, _ now: SchedulerInstant, _ random: inout some RandomNumberGenerator
    ) -> [SchedulerEffect] {
        let old = pool[place].state
        // A grave state is not softened by what a late answer says.
        if old.cause == .invalidGrant || old == .forbidden(until: nil) && report.attemptClass != .invalidGrant {
            return []
        }
        if old.cause != report.attemptClass { pool[place].stateLadder.reset() }
        // Several answers of one bad moment are one step.
        if old.cause == report.attemptClass, !pool[place].isProbed { return [] }
        switch report.attemptClass {
        case .auth:
            pool[place].state = .authFailed(until: step(place, LadderSteps.authentication, now, &random))
        case .validation:
            pool[place].state = .validation(
                until: step(place, LadderSteps.validation, now, &random), url: report.validationURL)
        case .forbidden:
            let until = step(place, [LadderSteps.forbidden], now, &random)
            pool[place].state = .forbidden(until: report.isPermanent ? nil : until)
        default: pool[place].state = .needsReauthorisation
        }
        pool[place].probeAt =
            pool[place].state == .needsReauthorisation
            ? now.advanced(by: Self.confirmDelay) : pool[place].state.until
        pool[place].isProbed = false
        bindings.forget(account: place)
        durableRevision += 1
        return [.accountState(account: pool[place].facts.id, pool[place].state)]
    }

    private mutating func step(
        _ place: Int, _ steps: [Int], _ now: SchedulerInstant, _ random: inout some RandomNumberGenerator
    ) -> SchedulerInstant {
        let length = LadderSteps.jittered(pool[place].stateLadder.step(steps, now: now), &random)
        let end = now.advanced(by: length)
        pool[place].stateLadder.locked(until: end, for: length)
        return end
    }
}

extension AttemptClass {
    /// Upstream errors that only in a row say something about an account.
    var isStrike: Bool {
        switch self {
        case .overloaded, .server, .emptyStream, .stall: true
        default: false
        }
    }

    /// Only another token or project could help; an account with a key has neither.
    var needsOtherCredential: Bool { self == .auth || self == .projectInvalid }
}
