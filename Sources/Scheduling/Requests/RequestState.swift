/// A client request between its first ask and its last outcome: which accounts it has seen, what it has left to spend.
/// It holds one live lease, or it waits for one.
struct RequestState: Sendable, Equatable {
    /// What never changes.
    let facts: RequestFacts

    /// Nil while the request waits.
    private(set) var lease: Lease?
    /// Where the account of the live lease stands in the pool; nil if it has left.
    var leasePlace: Int?
    /// Number of the last attempt.
    private(set) var attemptBehind = 0
    private(set) var grantedAt: SchedulerInstant
    private var waitingBox: Box<Waiting>?
    private var verdictBox: Box<Verdict>?
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

    init(_ facts: RequestFacts, now: SchedulerInstant) {
        self.facts = facts
        grantedAt = now
        namedAt = now
    }

    /// Stands where no request is.
    static let gone = RequestState(
        RequestFacts(
            ask: LeaseAsk(
                requestID: "", attempt: 0, worker: 0, operation: .generate, upstreamModel: "",
                scheduleMillisecondsLeft: 0, totalMillisecondsLeft: 0),
            model: KeyIndex.Model(key: 0, isForeign: false), serial: 0, now: .distantPast), now: .distantPast)

    var isKnown: Bool { facts.serial > 0 }
    var ask: LeaseAsk { facts.ask }
    var names: [Bindings.Name] { facts.names }
    var serial: Int { facts.serial }
    /// Number of its quota key.
    var key: Int { facts.model.key }
    var totalEnd: SchedulerInstant { facts.totalEnd }

    /// A lease goes out for it.
    mutating func begin(_ lease: Lease, at place: Int, now: SchedulerInstant) {
        self.lease = lease
        leasePlace = place
        attemptBehind = lease.attempt
        grantedAt = now
        namedAt = now
    }

    /// Its lease is over.
    mutating func endLease() {
        lease = nil
        leasePlace = nil
    }

    /// No attempt may start later.
    var attemptsEnd: SchedulerInstant { facts.attemptsEnd }

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
