/// A client request between its first ask and its last outcome: which accounts it has seen, what it has left to spend.
/// It always holds exactly one live lease.
struct RequestState: Sendable, Equatable {
    let ask: LeaseAsk
    let scheduleEnd: SchedulerInstant
    let totalEnd: SchedulerInstant

    var lease: Lease
    /// The verdict the live lease came with, to be said again if the outcome it answers is reported again.
    var verdict: Verdict?
    var hasCommittedContent = false
    /// When the worker last spoke of the live lease.
    var namedAt: SchedulerInstant

    private(set) var tried: Set<String> = []
    private(set) var retries = 0
    private(set) var walk = 0
    private(set) var repairs = 0
    private(set) var bareRefusals = 0
    private(set) var usedSteps: Set<UsedStep> = []
    private(set) var mostInformative: AttemptClass?
    private(set) var retryAfterMilliseconds: Int?
    private(set) var isModelMissingEverywhere = true

    init(ask: LeaseAsk, lease: Lease, now: SchedulerInstant) {
        self.ask = ask
        self.lease = lease
        namedAt = now
        scheduleEnd = now.advanced(by: ask.scheduleMillisecondsLeft)
        totalEnd = now.advanced(by: ask.totalMillisecondsLeft)
    }

    /// Remembers a failed attempt of the live lease.
    mutating func note(_ attemptClass: AttemptClass, retryAfterMilliseconds delay: Int?) {
        tried.insert(lease.account)
        if attemptClass == .bareRefusal { bareRefusals += 1 }
        if attemptClass != .modelNotFound { isModelMissingEverywhere = false }
        let rank = mostInformative?.informativeness ?? -1
        if attemptClass.informativeness > rank {
            mostInformative = attemptClass
            retryAfterMilliseconds = delay
        } else if attemptClass.informativeness == rank, let delay {
            // The soonest of several accounts is when asking again makes sense.
            retryAfterMilliseconds = min(retryAfterMilliseconds ?? delay, delay)
        }
    }

    /// Whether the counter of a class has room for one more attempt.
    func canSpend(_ counter: RetryCounter, _ settings: SchedulerSettings) -> Bool {
        switch counter {
        case .retries: retries < retriesMax(settings)
        case .walk: walk < settings.walkMax
        case .repairs: repairs < settings.repairsMax
        }
    }

    mutating func spend(_ counter: RetryCounter) {
        switch counter {
        case .retries: retries += 1
        case .walk: walk += 1
        case .repairs: repairs += 1
        }
    }

    func hasUsed(_ step: RetryStep, _ attemptClass: AttemptClass) -> Bool {
        usedSteps.contains(UsedStep(step: step, attemptClass: attemptClass, account: account(of: step)))
    }

    mutating func markUsed(_ step: RetryStep, _ attemptClass: AttemptClass) {
        usedSteps.insert(UsedStep(step: step, attemptClass: attemptClass, account: account(of: step)))
    }

    /// What the client is told if nothing more is tried.
    var final: FinalVerdict {
        let last = mostInformative ?? .network
        // A model that only some accounts lack is not "not found": the others failed for a reason of their own.
        if tried.count > 0, isModelMissingEverywhere { return FinalVerdict(.modelNotFound) }
        return FinalVerdict(FinalReason(last), retryAfterMilliseconds: retryAfterMilliseconds)
    }

    /// Asking a second time costs money or is pointless for these, so one retry is enough.
    private func retriesMax(_ settings: SchedulerSettings) -> Int {
        switch ask.operation {
        case .image, .countTokens: min(1, settings.retriesMax)
        case .warmup: 0
        case .generate, .audio, .embed: settings.retriesMax
        }
    }

    /// A repeat belongs to one account; `otherOnce` to the request.
    private func account(of step: RetryStep) -> String? { step == .otherOnce ? nil : lease.account }
}

/// A step that a request may take only once.
struct UsedStep: Sendable, Hashable {
    let step: RetryStep
    let attemptClass: AttemptClass
    let account: String?
}
