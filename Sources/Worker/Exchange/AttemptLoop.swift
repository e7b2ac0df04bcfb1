import APIErrors
import GoogleAPI
import IPC
import Platform
import Translation

/// The attempts for one choice of an answer: ask for a lease, try, report, obey, until one succeeds or none may follow.
///
/// The supervisor decides what follows a failure; nothing is counted here. What waits is `run`, `obtain` and the attempt;
/// everything that handles large values is synchronous and stays out of their frames.
final class AttemptLoop {
    private let generation: Generation
    private let choice: Int
    private let requestID: String
    private let ticket: LeaseTicket
    private var number: UInt32 = 1
    private var repair: RequestRepair?
    private var lease: HeldLease?
    private var failure: AttemptFailure?
    /// Of the last attempt, if it ended on a malformed call: the answer, should no other follow.
    private var emptyAnswer: [GenerationEvent] = []
    /// What the supervisor wants to pass before the next attempt, in nanoseconds.
    private var delay: UInt64 = 0

    private var control: ExchangeControl { ticket.control }
    private var leases: LeaseClient { generation.context.leases }

    /// - Parameter control: of this choice; that of the exchange if there is one.
    init(_ generation: Generation, choice: Int, requestID: String, control: ExchangeControl) {
        self.generation = generation
        self.choice = choice
        self.requestID = requestID
        ticket = LeaseTicket(requestID: requestID, control: control)
    }

    /// Says outright that nothing here needs the loop to be freed: one is freed per request.
    nonisolated deinit {}

    func run() async throws(GenerationEnd) {
        ask()
        defer { leases.close(ticket, isWaiting: lease == nil) }
        while true {
            // Not in a function of its own: each one that waits costs every request a change of executors there and back.
            while ticket.isOpen { await control.park() }
            try accept(ticket.take())
            if mustWait { try await wait() }
            guard let attempt = nextAttempt() else { return }
            let end = await attempt.run()
            if try settle(end, of: attempt) { return }
        }
    }

    /// The supervisor wants a delay, or the signature store has not answered yet.
    private var mustWait: Bool { delay > 0 || generation.inquiry?.isOpen == true }

    private func wait() async throws(GenerationEnd) {
        if delay > 0 {
            await control.pause(nanoseconds: delay)
            try checkStop()
        }
        if let inquiry = generation.inquiry, inquiry.isOpen {
            await inquiry.wait(control)
            try checkStop()
        }
    }

    // MARK: Asking

    @inline(never) private func ask() {
        let exchange = generation.exchange
        let now = EventLoop.now.nanoseconds
        // Others side by side may have begun the answer.
        if !generation.sink.isStarted { generation.client.slot.leased() }
        generation.askForSignatures()
        let request = LeaseRequest(
            requestID: requestID, attempt: number, apiKeyID: exchange.snapshot.apiKeyID,
            dialect: LeaseRequest.Dialect(dialectName: generation.dialect.name), operation: generation.operation,
            isStream: generation.request?.streams ?? false, upstreamModel: generation.model?.target.id ?? "",
            sessionKey: generation.session?.text, sessionAliases: generation.session?.aliases ?? [],
            clientHint: generation.session == nil && generation.operation != .image ? exchange.clientHint : nil,
            bodyDigest: exchange.log.bodyDigest ?? [],
            scheduleMillisecondsLeft: control.deadlines?.scheduleMillisecondsLeft(at: now) ?? 0,
            totalMillisecondsLeft: control.deadlines?.totalMillisecondsLeft(at: now) ?? 0)
        leases.ask(request, ticket)
        control.waits(for: .lease)
    }

    @inline(never) private func nextAttempt() -> Attempt? {
        guard let lease else { return nil }
        ticket.leaseID = lease.terms.leaseID
        generation.exchange.log.accountID = lease.terms.accountID
        return Attempt(generation, lease: lease, choice: choice, control: control, repair: repair)
    }

    // MARK: After an attempt

    /// - Returns: true if the answer is complete; false if the supervisor has been asked for another attempt.
    @inline(never) private func settle(_ end: Attempt.End, of attempt: Attempt) throws(GenerationEnd) -> Bool {
        switch end {
        case .answered:
            conclude(attempt.outcome(.success))
            generation.sink.endAttempt(choice: choice)
            return true
        case .stopped(let stop):
            conclude(attempt.outcome(stop.outcomeClass(isCommitted: attempt.isCommitted)))
            throw .stopped(stop)
        case .refused(let failure):
            conclude(attempt.outcome(.badRequest))
            throw .failed(failure)
        case .failed(let failure):
            guard !attempt.isCommitted, control.mayRetry else {
                conclude(attempt.outcome(failure))
                throw .failed(failure.failure)
            }
            report(failure, of: attempt)
            return false
        }
    }

    private func report(_ failure: AttemptFailure, of attempt: Attempt) {
        self.failure = failure
        emptyAnswer = failure.isMalformedCall ? attempt.events : []
        // From here on the supervisor's word is awaited: whoever leaves meanwhile takes the question back.
        lease = nil
        let now = EventLoop.now.nanoseconds
        leases.report(
            LeaseOutcome(
                requestID: requestID, attempt: number, outcome: attempt.outcome(failure), wantsNext: true,
                scheduleMillisecondsLeft: control.deadlines?.scheduleMillisecondsLeft(at: now) ?? 0), for: ticket)
        control.waits(for: .lease)
    }

    /// The last outcome of this choice. That of a lone answer travels with the end of the exchange.
    private func conclude(_ outcome: AttemptOutcome) {
        guard requestID != generation.exchange.requestID else {
            generation.exchange.log.outcome = outcome
            return
        }
        leases.conclude(
            LeaseOutcome(
                requestID: requestID, attempt: number, outcome: outcome, wantsNext: false,
                scheduleMillisecondsLeft: 0))
    }

    // MARK: The supervisor's word

    /// Takes the lease out of an answer, or ends the request by it. nil: the exchange was stopped meanwhile.
    @inline(never) private func accept(_ reply: LeaseTicket.Reply?) throws(GenerationEnd) {
        control.waits(for: .none)
        delay = 0
        guard let reply else {
            let stop = control.stop ?? .supervisorGone
            // Nobody is left to say more than what is known here.
            if stop == .supervisorGone, let failure { throw .failed(failure.failure) }
            throw .stopped(stop)
        }
        switch SupervisorWord(reply, after: failure) {
        case .begin(let lease): self.lease = lease
        case .tryAgain(let lease, let delay):
            self.lease = lease
            self.delay = delay
            ticket.leaseID = lease.terms.leaseID
            if let failure, failure.outcome == .repairable {
                repair = RequestRepair(refusal: failure.classification.message)
                if repair == .signatures, let inquiry = generation.inquiry {
                    generation.context.signatures.forget(inquiry)
                }
            }
            number += 1
        case .end(let failure):
            if answersEmpty() { return }
            throw .failed(failure)
        }
    }

    /// No attempt follows. A model that only ever got as far as a malformed call has ended its turn: the client hears that and not
    /// of an error.
    private func answersEmpty() -> Bool {
        guard !emptyAnswer.isEmpty else { return false }
        generation.sink.take(emptyAnswer, choice: choice)
        generation.sink.endAttempt(choice: choice)
        return true
    }

    /// The exchange was stopped while a lease was held and not used yet.
    @inline(never) private func checkStop() throws(GenerationEnd) {
        guard let stop = control.stop else { return }
        if let lease {
            conclude(
                AttemptOutcome(
                    leaseID: lease.terms.leaseID, outcomeClass: stop.outcomeClass(isCommitted: false).rawValue,
                    isContentCommitted: false, endpoint: UInt8(clamping: lease.endpoint), durationMilliseconds: 0))
        }
        throw .stopped(stop)
    }
}
