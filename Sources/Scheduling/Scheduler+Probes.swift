/// Accounts that cannot be used are looked at by the service itself, never with a client's request.
extension Scheduler {
    /// A quota is read at most this often because of a limit.
    static let quotaReadInterval = 60_000

    /// Probes whose time has come.
    mutating func dueProbes(_ now: SchedulerInstant) -> [SchedulerEffect] {
        var effects: [SchedulerEffect] = []
        for place in pool.indices {
            let id = pool[place].facts.id
            if let at = pool[place].probeAt, at <= now {
                pool[place].probeAt = nil
                pool[place].isProbed = true
                effects.append(
                    pool[place].state == .needsReauthorisation
                        ? .confirmCredentials(account: id) : .probe(account: id))
            }
            if pool[place].quota.hasEndedProtection(at: now) { effects += readQuota(place, now) }
        }
        return effects
    }

    /// Asks for a quota read, unless one has been asked for a moment ago.
    mutating func readQuota(_ place: Int, _ now: SchedulerInstant) -> [SchedulerEffect] {
        guard pool[place].quotaAskedAt.milliseconds(until: now) >= Self.quotaReadInterval else { return [] }
        pool[place].quotaAskedAt = now
        return [.readQuota(account: pool[place].facts.id)]
    }

    mutating func judgeProbe(
        _ id: String, _ attemptClass: AttemptClass, isPermanent: Bool, _ now: SchedulerInstant,
        _ random: inout some RandomNumberGenerator
    ) -> [SchedulerEffect] {
        guard let place = pool.place(of: id), pool[place].isProbed else { return [] }
        if attemptClass == .success { return activate(id) }
        let state = pool[place].state
        guard attemptClass == state.cause || attemptClass == .invalidGrant else {
            pool[place].isProbed = false
            if state != .needsReauthorisation { pool[place].probeAt = now.advanced(by: Self.probeRetry) }
            return []
        }
        guard state != .needsReauthorisation else {
            pool[place].isProbed = false
            return []
        }
        // Refused twice, the second time without any request: the refusal is meant.
        let url: String? = if case .validation(_, let url) = state { url } else { nil }
        return fail(
            place,
            AttemptReport(
                requestID: "", lease: "", worker: 0, attemptClass: attemptClass, validationURL: url,
                isPermanent: isPermanent || attemptClass == .forbidden, hasCommittedContent: false, wantsNext: false),
            now, &random)
    }

    mutating func activate(_ id: String) -> [SchedulerEffect] {
        guard let place = pool.place(of: id) else { return [] }
        pool[place].probeAt = nil
        pool[place].isProbed = false
        pool[place].stateLadder.reset()
        pool[place].holdLadder.reset()
        pool[place].heldUntil = .distantPast
        guard pool[place].state != .active else { return [] }
        pool[place].state = .active
        durableRevision += 1
        return [.accountState(account: id, .active)]
    }

    /// The one way to end locks before their time: the operator's.
    mutating func clearLimits(_ id: String?) {
        for place in pool.indices where id == nil || pool[place].facts.id == id {
            for key in pool[place].cells.indices where pool[place].cells[key] != nil {
                // A probe that is out stays the only lease it stands for.
                pool[place].cells[key]!.clear()
            }
            pool[place].modelCells = [:]
            pool[place].heldUntil = .distantPast
            pool[place].holdLadder.reset()
        }
        if id == nil {
            modelHolds = Holds()
            endpointHolds = Holds()
            quarantine.removeAll()
        }
        durableRevision += 1
    }

    /// When `timePassed` is due at the latest; nil if nothing is going to happen by itself.
    public var nextWake: SchedulerInstant? {
        mutating get {
            var next = pool.nextLook
            guard line.count > 0 else { return next }
            for owner in line.inOrder.flatMap(\.requests) {
                guard let waiting = requests[owner].waiting else { continue }
                let look = min(waiting.checkAt, requests[owner].attemptsEnd)
                next = min(next ?? look, look)
            }
            return next
        }
    }
}
