import Scheduling

/// A scheduler with a virtual clock and a seeded source of randomness, driven by short words.
struct SchedulerHarness {
    var scheduler: Scheduler
    var now = SchedulerInstant(milliseconds: 1_000_000)
    var random = SeededGenerator(seed: 42)

    /// Accounts take turns unless a test says otherwise: the choice among them is not what most tests are about.
    init(
        accounts: Int = 2, mode: SchedulingMode = .performanceFirst,
        change: (inout SchedulerSettings) -> Void = { _ in }
    ) {
        var settings = SchedulerSettings()
        settings.mode = mode
        change(&settings)
        scheduler = Scheduler(settings: settings, incarnation: "t")
        send(.accountsChanged((0..<accounts).map { Self.account($0) }))
    }

    static func account(
        _ index: Int, disabled: Bool = false, kind: AccountKind = .codeAssist, tier: String? = nil,
        quota: QuotaSnapshot? = nil
    ) -> AccountFacts {
        AccountFacts(
            id: "a\(index)", kind: kind, isDisabled: disabled, isProxyDisabled: false, tier: tier, quota: quota)
    }

    @discardableResult mutating func send(_ event: SchedulerEvent) -> [SchedulerEffect] {
        scheduler.handle(event, now: now, random: &random)
    }

    mutating func pass(milliseconds: Int) { now = now.advanced(by: milliseconds) }

    /// Lets time go by as the supervisor does: the scheduler is woken whenever it wants to be.
    @discardableResult mutating func live(milliseconds: Int) -> [SchedulerEffect] {
        let end = now.advanced(by: milliseconds)
        var effects: [SchedulerEffect] = []
        var wakes = 0
        while let wake = scheduler.nextWake, wake <= end, wakes < 10_000 {
            now = max(now, wake)
            effects += send(.timePassed)
            wakes += 1
        }
        precondition(wakes < 10_000, "the scheduler wants to be woken again and again")
        now = end
        return effects + send(.timePassed)
    }

    mutating func ask(
        _ id: String, attempt: Int = 1, worker: Int = 1, operation: LeaseOperation = .generate, model: String = "m",
        apiKey: String = "none", session: String? = nil, body: [UInt8] = [], isBackground: Bool = false,
        pinned: String? = nil, scheduleLeft: Int = 90_000, totalLeft: Int = 590_000
    ) -> [SchedulerEffect] {
        send(
            .requested(
                LeaseAsk(
                    requestID: id, attempt: attempt, worker: worker, operation: operation, isBackground: isBackground,
                    apiKeyID: apiKey, upstreamModel: model, sessions: session.map { [$0] } ?? [], bodyDigest: body,
                    pinnedAccount: pinned, scheduleMillisecondsLeft: scheduleLeft, totalMillisecondsLeft: totalLeft)))
    }

    /// The lease of a request that must be granted.
    mutating func lease(
        _ id: String, operation: LeaseOperation = .generate, model: String = "m", apiKey: String = "none",
        session: String? = nil, body: [UInt8] = [], scheduleLeft: Int = 90_000
    ) -> Lease {
        let effects = ask(
            id, operation: operation, model: model, apiKey: apiKey, session: session, body: body,
            scheduleLeft: scheduleLeft)
        guard case .grant(let lease)? = effects.first else {
            preconditionFailure("\(id) was not granted")
        }
        return lease
    }

    /// Reports a failed attempt and gives back the verdict.
    mutating func fail(
        _ lease: Lease, _ attemptClass: AttemptClass, delay: Int? = nil, committed: Bool = false
    ) -> Verdict.Action? {
        send(report(lease, attemptClass, delay: delay, committed: committed, wantsNext: true)).verdict?.action
    }

    /// Reports the end of a request.
    mutating func succeed(_ lease: Lease) { send(report(lease, .success, wantsNext: false)) }

    func report(
        _ lease: Lease, _ attemptClass: AttemptClass, delay: Int? = nil, committed: Bool = false, wantsNext: Bool
    ) -> SchedulerEvent {
        .outcome(
            AttemptReport(
                requestID: lease.requestID, lease: lease.id, worker: lease.worker, attemptClass: attemptClass,
                retryAfterMilliseconds: delay, hasCommittedContent: committed, wantsNext: wantsNext))
    }
}

/// SplitMix64: the same numbers for the same seed, everywhere.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

extension Verdict.Action {
    /// `same a0 0`, `other a1`, `endpoint 1`, `end quotaExhausted`: enough to compare with a table.
    var summary: String {
        switch self {
        case .same(let lease, _): "same \(lease.account)"
        case .other(let lease, _): "other \(lease.account)"
        case .endpoint(let lease, _): "endpoint \(lease.endpoint)"
        case .end(let final): "end \(final.map { "\($0.reason)" } ?? "unknown")"
        }
    }

    var delay: Int {
        switch self {
        case .same(_, let delay), .other(_, let delay), .endpoint(_, let delay): delay
        case .end: 0
        }
    }
}

extension [SchedulerEffect] {
    var verdict: Verdict? { lazy.compactMap { if case .verdict(let verdict) = $0 { verdict } else { nil } }.first }

    var grant: Lease? { lazy.compactMap { if case .grant(let lease) = $0 { lease } else { nil } }.first }

    /// Leases that go out, as answers to asks and to outcomes.
    var leases: [Lease] {
        compactMap {
            switch $0 {
            case .grant(let lease): lease
            case .verdict(let verdict): verdict.action.lease
            default: nil
            }
        }
    }

    var denial: FinalVerdict? {
        lazy.compactMap { if case .deny(_, _, let final) = $0 { final } else { nil } }.first
    }

    var wait: Int? {
        lazy.compactMap { if case .wait(_, _, let milliseconds, _) = $0 { milliseconds } else { nil } }.first
    }
}
