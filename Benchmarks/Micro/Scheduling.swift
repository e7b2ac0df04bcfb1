import Scheduling

/// A pool of 200 accounts with 20,000 conversations, as it stands under load.
struct SchedulingLoad {
    private var scheduler: Scheduler
    private var random = SystemRandomNumberGenerator()
    private var now = SchedulerInstant(milliseconds: 1)
    private var count = 0

    static let accountCount = 200
    static let conversationCount = 20_000

    /// - Parameter isCrowded: the accounts of the best tier have as many leases as they may have, so that each is looked at.
    init(isCrowded: Bool = false) {
        var settings = SchedulerSettings()
        settings.leasesPerAccountMax = isCrowded ? 1 : 0
        scheduler = Scheduler(settings: settings, incarnation: "b")
        let facts = (0..<Self.accountCount).map {
            AccountFacts(
                id: "account-\($0)", kind: .codeAssist, isDisabled: false, isProxyDisabled: false,
                tier: $0 % 3 == 0 ? "free-tier" : "standard-tier",
                quota: QuotaSnapshot(models: [.init(name: "claude-sonnet-4-5", percentage: 80)], takenAt: now))
        }
        _ = scheduler.handle(.accountsChanged(facts), now: now, random: &random)
        guard !isCrowded else {
            for index in facts.indices where index % 3 > 0 { ask("crowd-\(index)") }
            return
        }
        for session in 0..<Self.conversationCount { serve("conversation-\(session)") }
    }

    /// A request of a known conversation, from the ask to its end: two decisions.
    mutating func known() -> Int {
        count += 1
        return serve("conversation-\(count * 7919 % Self.conversationCount)")
    }

    /// The same for one that nobody knows.
    mutating func new() -> Int {
        count += 1
        return serve("other-\(count)")
    }

    @discardableResult private mutating func serve(_ session: String) -> Int {
        guard let lease = ask(session) else { return 0 }
        let report = AttemptReport(
            requestID: lease.requestID, lease: lease.id, worker: 1, attemptClass: .success, hasCommittedContent: true,
            wantsNext: false)
        return scheduler.handle(.outcome(report), now: now, random: &random).count
    }

    @discardableResult private mutating func ask(_ session: String) -> Lease? {
        count += 1
        now = now.advanced(by: 1)
        let ask = LeaseAsk(
            requestID: "request-\(count)", attempt: 1, worker: 1, operation: .generate, apiKeyID: "0123456789abcdef",
            upstreamModel: "claude-sonnet-4-5", sessions: [session], bodyDigest: [1, 2, 3],
            scheduleMillisecondsLeft: 90_000, totalMillisecondsLeft: 590_000)
        guard case .grant(let lease)? = scheduler.handle(.requested(ask), now: now, random: &random).first else {
            return nil
        }
        return lease
    }
}
