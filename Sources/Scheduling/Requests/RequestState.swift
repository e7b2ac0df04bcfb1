/// A client request between its first ask and its last outcome: which accounts it has seen, what it has left to spend.
/// It holds one live lease, or it waits for one.
struct RequestState: Sendable, Equatable {
    /// Large and never changed: held by reference, so that a copy of the state does not copy it.
    private let askBox: Box<LeaseAsk>
    private var leaseBox: Box<Lease>?
    private var waitingBox: Box<Waiting>?
    private var verdictBox: Box<Verdict>?

    var ask: LeaseAsk { _read { yield askBox.value } }
    /// Number of its quota key.
    let key: Int
    let scheduleEnd: SchedulerInstant
    let totalEnd: SchedulerInstant

    /// Nil while the request waits.
    var lease: Lease? {
        get { leaseBox?.value }
        set {
            leaseBox = newValue.map(Box.init)
            if let newValue { attemptBehind = newValue.attempt }
        }
    }
    /// Number of the last attempt.
    private(set) var attemptBehind = 0
    var grantedAt: SchedulerInstant
    var waiting: Waiting? {
        get { waitingBox?.value }
        set { waitingBox = newValue.map(Box.init) }
    }
    /// The verdict the live lease came with, to be said again if the outcome it answers is reported again.
    var verdict: Verdict? {
        get { verdictBox?.value }
        set { verdictBox = newValue.map(Box.init) }
    }
    var hasCommittedContent = false
    /// When the worker last spoke of the live lease.
    var namedAt: SchedulerInstant
    /// Its conversation's binding, and what becomes of it once something is delivered.
    var binding: Int?
    var change = BindingChange.none

    enum BindingChange: Sendable, Equatable {
        case none
        /// The account is the substitute for a short while.
        case detour
        /// The account takes the conversation over.
        case move
    }

    private(set) var tried: Set<String> = []
    private(set) var retries = 0
    private(set) var walk = 0
    private(set) var repairs = 0
    private(set) var bareRefusals = 0
    private(set) var usedSteps: Set<UsedStep> = []
    private(set) var mostInformative: AttemptClass?
    private(set) var retryAfterMilliseconds: Int?
    private(set) var isModelMissingEverywhere = true

    init(ask: LeaseAsk, key: Int, now: SchedulerInstant) {
        askBox = Box(ask)
        self.key = key
        grantedAt = now
        namedAt = now
        scheduleEnd = now.advanced(by: ask.scheduleMillisecondsLeft)
        totalEnd = now.advanced(by: ask.totalMillisecondsLeft)
    }

    /// No attempt may start later.
    var attemptsEnd: SchedulerInstant { min(scheduleEnd, totalEnd) }

    /// Remembers a failed attempt with an account.
    mutating func note(_ attemptClass: AttemptClass, account: String, retryAfterMilliseconds delay: Int?) {
        tried.insert(account)
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

    func hasUsed(_ step: RetryStep, _ attemptClass: AttemptClass, account: String) -> Bool {
        usedSteps.contains(UsedStep(step, attemptClass, account))
    }

    mutating func markUsed(_ step: RetryStep, _ attemptClass: AttemptClass, account: String) {
        usedSteps.insert(UsedStep(step, attemptClass, account))
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
}

/// A step that a request may take only once.
struct UsedStep: Sendable, Hashable {
    private let step: RetryStep
    private let attemptClass: AttemptClass
    private let account: String?

    /// A repeat belongs to one account; `otherOnce` to the request.
    init(_ step: RetryStep, _ attemptClass: AttemptClass, _ account: String) {
        // Both repeats of a limited account are the one that it may have.
        self.step = step == .waitForBound ? .sameIfShortAndAlone : step
        self.attemptClass = attemptClass
        self.account = step == .otherOnce ? nil : account
    }
}

/// A value that is shared instead of copied.
private final class Box<Value: Sendable & Equatable>: Sendable, Equatable {
    let value: Value

    init(_ value: Value) { self.value = value }

    static func == (a: Box, b: Box) -> Bool { a === b || a.value == b.value }
}
