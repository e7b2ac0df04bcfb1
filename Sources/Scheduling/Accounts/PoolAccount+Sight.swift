/// What stands between one account and one request.
enum Sight: Sendable, Equatable {
    case open(isProbing: Bool)
    /// Only if nothing better is there.
    case held
    /// Not before then.
    case later(SchedulerInstant, WaitReason)
    /// Time alone will not help.
    case never

    var isOpen: Bool { if case .open = self { true } else { false } }
}

extension PoolAccount {
    /// How long a slot is taken for to be free again, when nobody knows.
    static let slotEstimate = 2_000
    /// When a spared quota without a reset time is looked at again.
    static let sparedEstimate = 900_000

    /// Everything of this account that decides whether it may serve; the longest obstacle counts.
    mutating func sight(_ demand: Demand, _ now: SchedulerInstant) -> Sight {
        guard allows(demand) else { return .never }
        var obstacle = Obstacle(end: now)
        if !modelCells.isEmpty, let cell = modelCells[demand.model], !cell.isOpen(at: now) {
            obstacle.last(until: max(cell.until, now.advanced(by: Self.slotEstimate)), .model)
        }
        let protection = quota.protection(demand.key, at: now)
        if protection.isOn { obstacle.last(until: protection.until ?? now.advanced(by: Self.sparedEstimate), .quota) }
        let standing = standing(demand.key, at: now)
        switch standing {
        case .locked(let lock, let until): obstacle.last(until: until, lock == .exhausted ? .quota : .rate)
        case .probing(isFree: false): obstacle.last(until: now.advanced(by: Self.slotEstimate), .busy)
        case .ready, .held, .probing: break
        }
        obstacle.last(until: heldUntil, .rate)
        if isFull(demand) { obstacle.last(until: now.advanced(by: Self.slotEstimate), .busy) }
        if demand.limits.grantIntervalMilliseconds > 0 {
            obstacle.last(until: lastGrantAt.advanced(by: demand.limits.grantIntervalMilliseconds), .busy)
        }
        if demand.limits.requestsPerMinute > 0, demand.key < cells.count, let bucket = cells[demand.key]?.bucket {
            obstacle.last(until: bucket.nextToken(rpm: demand.limits.requestsPerMinute, at: now), .rate)
        }
        if obstacle.end > now { return .later(obstacle.end, obstacle.reason) }
        switch standing {
        case .held: return .held
        case .probing: return .open(isProbing: true)
        case .ready, .locked: return .open(isProbing: false)
        }
    }

    /// What no time changes: the owner's switches, the account's state, its kind.
    mutating func allows(_ demand: Demand) -> Bool {
        isUsable && demand.kinds.contains(facts.kind)
            && (demand.pinnedAccount == nil || demand.pinnedAccount == facts.id)
    }

    private mutating func isFull(_ demand: Demand) -> Bool {
        let most = demand.limits.leaseCountMax
        guard most > 0 else { return false }
        if leaseCount >= most { return true }
        return demand.isBackground && backgroundLeaseCount >= max(1, most / 2)
    }
}

/// The longest of several reasons to wait.
private struct Obstacle {
    var end: SchedulerInstant
    var reason = WaitReason.busy

    mutating func last(until instant: SchedulerInstant, _ why: WaitReason) {
        guard instant > end else { return }
        end = instant
        reason = why
    }
}
