import APIErrors
import GoogleAPI
import HTTP
import IPC
import Platform
import Translation
import Transport

/// A question to the upstream that generates nothing: leased like a generation, answered in one piece.
///
/// The supervisor decides what follows a failure, as everywhere; the exchange's clock bounds the whole.
final class UpstreamQuery {
    /// What is asked, and for which request.
    struct Subject {
        /// An answer longer than this is none.
        static let answerSizeMaxBytes = 1024 * 1024

        var operation: LeaseRequest.Operation
        /// The method in the upstream's address: `countTokens`.
        var method: String
        var dialectName: String
        var model: TargetModel
        var answerSizeMaxBytes = Self.answerSizeMaxBytes
    }

    private let exchange: Exchange
    private let subject: Subject
    /// Writes the body for the target of a lease.
    private let encode: (UpstreamTarget) throws(APIFailure) -> [UInt8]
    private let ticket: LeaseTicket
    private var number: UInt32 = 1
    private var lease: HeldLease?
    private var repair: RequestRepair?
    private var failure: AttemptFailure?
    private var beganAt: UInt64 = 0

    private var control: ExchangeControl { exchange.client.control }
    private var context: WorkerContext { exchange.client.context }

    init(
        _ exchange: Exchange, _ subject: Subject, encode: @escaping (UpstreamTarget) throws(APIFailure) -> [UInt8]
    ) {
        self.exchange = exchange
        self.subject = subject
        self.encode = encode
        ticket = LeaseTicket(requestID: exchange.requestID, control: exchange.client.control)
    }

    /// Says outright that nothing here needs the loop to be freed.
    nonisolated deinit {}

    /// - Returns: the body of the upstream's success.
    func run() async throws(GenerationEnd) -> [UInt8] {
        ask()
        defer { context.leases.close(ticket, isWaiting: lease == nil) }
        while true {
            try await obtain()
            if let body = try await attempt() { return body }
        }
    }

    // MARK: Leases

    private func ask() {
        let now = EventLoop.now.nanoseconds
        exchange.client.slot.leased()
        context.leases.ask(
            LeaseRequest(
                requestID: exchange.requestID, apiKeyID: exchange.snapshot.apiKeyID,
                dialect: LeaseRequest.Dialect(dialectName: subject.dialectName), operation: subject.operation,
                isStream: false, upstreamModel: subject.model.id,
                bodyDigest: exchange.log.bodyDigest ?? [],
                scheduleMillisecondsLeft: control.deadlines?.scheduleMillisecondsLeft(at: now) ?? 0,
                totalMillisecondsLeft: control.deadlines?.totalMillisecondsLeft(at: now) ?? 0), ticket)
    }

    private func obtain() async throws(GenerationEnd) {
        control.waits(for: .lease)
        let reply = await ticket.wait()
        control.waits(for: .none)
        let delay = try accept(reply)
        ticket.leaseID = lease?.terms.leaseID
        exchange.log.accountID = lease?.terms.accountID
        if delay > 0 { await control.pause(nanoseconds: delay) }
        guard let stop = control.stop else { return }
        conclude(outcome(stop.outcomeClass(isCommitted: false)))
        throw .stopped(stop)
    }

    /// - Returns: nanoseconds to wait before the attempt.
    private func accept(_ reply: LeaseTicket.Reply?) throws(GenerationEnd) -> UInt64 {
        guard let reply else { throw .stopped(control.stop ?? .supervisorGone) }
        switch SupervisorWord(reply, after: failure) {
        case .begin(let lease):
            self.lease = lease
            return 0
        case .tryAgain(let lease, let delay):
            self.lease = lease
            if failure?.outcome == .repairable { repair = .contentsOnly }
            number += 1
            return delay
        case .end(let failure): throw .failed(failure)
        }
    }

    private func report(_ failure: AttemptFailure) {
        self.failure = failure
        var outcome = outcome(failure.outcome)
        outcome.describe(failure)
        let now = EventLoop.now.nanoseconds
        context.leases.report(
            LeaseOutcome(
                requestID: exchange.requestID, attempt: number, outcome: outcome, wantsNext: true,
                scheduleMillisecondsLeft: control.deadlines?.scheduleMillisecondsLeft(at: now) ?? 0), for: ticket)
    }

    /// The last outcome travels with the end of the exchange.
    private func conclude(_ outcome: AttemptOutcome?) { exchange.log.outcome = outcome }

    private func outcome(_ outcomeClass: OutcomeClass) -> AttemptOutcome {
        let now = EventLoop.now.nanoseconds
        return AttemptOutcome(
            leaseID: lease?.terms.leaseID ?? "", outcomeClass: outcomeClass.rawValue,
            httpStatus: outcomeClass == .success ? 200 : nil, isContentCommitted: false,
            endpoint: UInt8(clamping: lease?.endpoint ?? 0),
            durationMilliseconds: beganAt == 0 ? 0 : UInt32(clamping: (now - min(now, beganAt)) / 1_000_000))
    }

    // MARK: One call

    /// - Returns: the answer; nil when the supervisor has been asked for another attempt.
    private func attempt() async throws(GenerationEnd) -> [UInt8]? {
        guard let target = target() else {
            report(AttemptFailure(.modelNotFound))
            return nil
        }
        let upstream = try start(target)
        defer { control.attach(nil) }
        let result = await read(upstream)
        control.waits(for: .none)
        if let stop = control.stop, result.failure != nil {
            conclude(outcome(stop.outcomeClass(isCommitted: false)))
            throw .stopped(stop)
        }
        guard let failure = result.failure else {
            conclude(outcome(.success))
            return result.body
        }
        guard control.mayRetry else {
            var last = outcome(failure.outcome)
            last.describe(failure)
            conclude(last)
            throw .failed(failure.failure)
        }
        report(failure)
        return nil
    }

    /// Nil when the account's API has no such model: another account may have it.
    private func target() -> UpstreamTarget? {
        guard let lease else { return nil }
        return UpstreamTarget(lease, asked: subject.model, snapshot: exchange.snapshot, repair: repair)
    }

    private func start(_ target: UpstreamTarget) throws(GenerationEnd) -> ClientExchange {
        beganAt = EventLoop.now.nanoseconds
        guard let lease else { throw .failed(APIFailure(.internalError)) }
        let snapshot = exchange.snapshot
        let model = target.model.id
        exchange.log.upstreamModel = model
        let body: [UInt8]
        do throws(APIFailure) {
            body = try encode(target)
        } catch {
            conclude(outcome(.badRequest))
            throw .failed(error)
        }
        var options = snapshot.document.client
        if let proxy = lease.terms.egressProxy { options.proxy = proxy }
        let upstream = context.clients.client(options).start(
            UpstreamCall.request(body, method: subject.method, model: model, lease: lease, snapshot: snapshot))
        control.attach(upstream)
        control.waits(for: .content(since: beganAt))
        return upstream
    }

    private func read(_ upstream: ClientExchange) async -> (body: [UInt8], failure: AttemptFailure?) {
        var body: [UInt8] = []
        do throws(ClientError) {
            let status = try await upstream.head().status
            while try await upstream.read(into: &body) {
                guard body.count <= subject.answerSizeMaxBytes else {
                    upstream.cancel()
                    return ([], AttemptFailure(.server, reason: "answer_too_long", httpStatus: status))
                }
            }
            guard status != 200 else { return (body, nil) }
            let classification = classify(
                phase: .answer, status: status, retryAfterHeader: upstream.field("retry-after"), body: body,
                now: WallClock.unixMilliseconds, hiding: lease?.hidden ?? [])
            return ([], AttemptFailure(classification, httpStatus: status))
        } catch {
            return ([], AttemptFailure(.network, reason: error.word))
        }
    }
}
