import APIErrors
import GoogleAPI
import IPC
import Platform
import Translation

/// The attempts for one choice of an answer: ask for a lease, try, report, obey, until one succeeds or none may follow.
///
/// The supervisor decides what follows a failure; nothing is counted here.
final class AttemptLoop {
    private let generation: Generation
    private let choice: Int
    private let isLastChoice: Bool
    private let requestID: String
    private var attempt: UInt32 = 1
    private var repair: RequestRepair?

    private var control: ExchangeControl { generation.control }
    private var leases: LeaseClient { generation.context.leases }

    init(_ generation: Generation, choice: Int, isLastChoice: Bool, requestID: String) {
        self.generation = generation
        self.choice = choice
        self.isLastChoice = isLastChoice
        self.requestID = requestID
    }

    /// Says outright that nothing here needs the loop to be freed: one is freed per request.
    nonisolated deinit {}

    func run() async throws(GenerationEnd) {
        generation.client.slot.leased()
        let ticket = leases.ask(leaseRequest(), control: control)
        var isWaiting = true
        defer { leases.close(ticket, isWaiting: isWaiting) }
        var (terms, endpoint) = try await firstLease(ticket)
        isWaiting = false
        while true {
            ticket.leaseID = terms.leaseID
            generation.exchange.log.accountID = terms.accountID
            generation.exchange.log.upstreamModel = terms.upstreamModel
            let attempt = Attempt(
                generation, lease: terms, endpoint: endpoint, choice: choice, isLastChoice: isLastChoice,
                repair: repair)
            let end = await attempt.run()
            switch end {
            case .answered:
                conclude(attempt.outcome(.success))
                generation.sink.endAttempt()
                return
            case .stopped(let stop):
                conclude(attempt.outcome(stop.outcomeClass(isCommitted: attempt.isCommitted)))
                throw .stopped(stop)
            case .refused(let failure):
                conclude(attempt.outcome(.badRequest))
                throw .failed(failure)
            case .failed(let failure):
                (terms, endpoint) = try await next(after: failure, of: attempt, ticket)
            }
        }
    }

    private func firstLease(_ ticket: LeaseTicket) async throws(GenerationEnd) -> (LeaseTerms, Int) {
        switch try await answer(ticket) {
        case .granted(let terms): return (terms, Int(terms.endpoints.first ?? 0))
        case .denied(let final): throw .failed(APIFailure(final))
        case .verdict: throw .failed(APIFailure(.internalError))
        }
    }

    /// Reports a failed attempt and waits for the supervisor's word.
    private func next(
        after failure: AttemptFailure, of attempt: Attempt, _ ticket: LeaseTicket
    ) async throws(GenerationEnd) -> (LeaseTerms, Int) {
        guard !attempt.isCommitted, control.mayRetry else {
            conclude(attempt.outcome(failure))
            throw .failed(failure.failure)
        }
        let now = EventLoop.now.nanoseconds
        leases.report(
            LeaseOutcome(
                requestID: requestID, attempt: self.attempt, outcome: attempt.outcome(failure), wantsNext: true,
                scheduleMillisecondsLeft: control.deadlines?.scheduleMillisecondsLeft(at: now) ?? 0), for: ticket)
        let reply: LeaseTicket.Reply
        do throws(GenerationEnd) {
            reply = try await answer(ticket)
        } catch {
            // Nobody is left to say more than what is known here.
            if error == .stopped(.supervisorGone) { throw .failed(failure.failure) }
            throw error
        }
        switch reply {
        case .granted(let terms): return (terms, Int(terms.endpoints.first ?? 0))
        case .denied(let final): throw .failed(APIFailure(final))
        case .verdict(let verdict):
            guard verdict.action != .finish, let terms = verdict.lease else {
                throw .failed(verdict.final.map(APIFailure.init) ?? failure.failure)
            }
            ticket.leaseID = terms.leaseID
            if failure.outcome == .repairable { repair = RequestRepair(refusal: failure.classification.message) }
            self.attempt += 1
            if verdict.delayMilliseconds > 0 {
                await control.pause(nanoseconds: UInt64(verdict.delayMilliseconds) * 1_000_000)
            }
            if let stop = control.stop {
                conclude(
                    AttemptOutcome(
                        leaseID: terms.leaseID, outcomeClass: stop.outcomeClass(isCommitted: false).rawValue,
                        isContentCommitted: false, endpoint: verdict.endpoint ?? 0, durationMilliseconds: 0))
                throw .stopped(stop)
            }
            return (terms, Int(verdict.endpoint ?? terms.endpoints.first ?? 0))
        }
    }

    /// The last outcome of this choice. That of a lone answer travels with the end of the exchange.
    private func conclude(_ outcome: AttemptOutcome) {
        guard requestID != generation.exchange.requestID else {
            generation.exchange.log.outcome = outcome
            return
        }
        leases.conclude(
            LeaseOutcome(
                requestID: requestID, attempt: attempt, outcome: outcome, wantsNext: false,
                scheduleMillisecondsLeft: 0))
    }

    private func answer(_ ticket: LeaseTicket) async throws(GenerationEnd) -> LeaseTicket.Reply {
        control.waits(for: .lease)
        let reply = await ticket.wait()
        control.waits(for: .none)
        guard let reply else { throw .stopped(control.stop ?? .supervisorGone) }
        return reply
    }

    private func leaseRequest() -> LeaseRequest {
        let exchange = generation.exchange
        let now = EventLoop.now.nanoseconds
        return LeaseRequest(
            requestID: requestID, attempt: attempt, apiKeyID: exchange.snapshot.apiKeyID,
            dialect: LeaseRequest.Dialect(dialectName: generation.dialect.name),
            isStream: generation.request?.streams ?? false, clientModel: generation.request?.clientModel ?? "",
            upstreamModel: generation.model?.target.id ?? "", sessionKey: generation.session?.text,
            sessionSource: generation.session?.source, sessionAliases: generation.session?.aliases ?? [],
            clientHint: generation.session == nil ? exchange.clientHint : nil,
            bodyDigest: exchange.log.bodyDigest ?? [],
            scheduleMillisecondsLeft: control.deadlines?.scheduleMillisecondsLeft(at: now) ?? 0,
            totalMillisecondsLeft: control.deadlines?.totalMillisecondsLeft(at: now) ?? 0)
    }
}
