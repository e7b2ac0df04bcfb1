import APIErrors
import GoogleAPI
import HTTP
import IPC
import JSON
import Platform
import Translation
import Transport

/// One small request that no client asked for: it begins an account's quota window of a model. One attempt, on the one
/// account, and the supervisor hears what became of it.
final class WarmupCall {
    private let message: Warmup
    private let context: WorkerContext
    private let snapshot: WorkerSnapshot
    private let control = ExchangeControl()
    private var beganAt: UInt64 = 0

    /// An answer longer than this is cut off: its window has begun all the same.
    static let answerSizeMaxBytes = 4 << 20
    /// What the model may say, in tokens.
    static let outputTokensMax = 16

    init(_ message: Warmup, context: WorkerContext) {
        self.message = message
        self.context = context
        snapshot = context.snapshot
    }

    func run() async {
        control.begin(
            DeadlineBook(
                limits: snapshot.document.exchange, acceptedAt: EventLoop.now.nanoseconds, hasHeartbeat: false,
                thinks: false, isBehindCloudflare: false))
        let outcome = await attempt()
        control.end()
        context.outbox.end(ExchangeEnd(number: 0, requestID: message.requestID, outcome: outcome))
    }

    /// - Returns: nil when no lease was granted.
    private func attempt() async -> AttemptOutcome? {
        guard let lease = await obtain() else { return nil }
        beganAt = EventLoop.now.nanoseconds
        guard let upstream = start(lease) else { return outcome(.badRequest, lease) }
        defer { control.attach(nil) }
        control.attach(upstream)
        control.waits(for: .content(since: beganAt))
        let failure = await read(upstream, lease)
        guard let failure else { return outcome(.success, lease) }
        if let stop = control.stop { return outcome(stop.outcomeClass(isCommitted: false), lease) }
        var outcome = outcome(failure.outcome, lease)
        outcome.describe(failure)
        return outcome
    }

    private func obtain() async -> HeldLease? {
        let now = EventLoop.now.nanoseconds
        let ticket = LeaseTicket(requestID: message.requestID, control: control)
        context.leases.ask(
            LeaseRequest(
                requestID: message.requestID, apiKeyID: "none", dialect: .openAIOther, operation: .warmup,
                priority: .background, isStream: false, upstreamModel: message.upstreamModel, bodyDigest: [],
                pinnedAccount: message.accountID,
                scheduleMillisecondsLeft: control.deadlines?.scheduleMillisecondsLeft(at: now) ?? 0,
                totalMillisecondsLeft: control.deadlines?.totalMillisecondsLeft(at: now) ?? 0), ticket)
        control.waits(for: .lease)
        let reply = await ticket.wait()
        control.waits(for: .none)
        var lease: HeldLease?
        if case .granted(let granted) = reply { lease = granted }
        context.leases.close(ticket, isWaiting: reply == nil)
        return lease
    }

    private func start(_ lease: HeldLease) -> ClientExchange? {
        var request = GenerationRequest(clientModel: message.upstreamModel)
        request.turns = [Turn(role: .user, parts: [.text("ping")])]
        request.sampling.outputTokensMax = Self.outputTokensMax
        let model = snapshot.router.table.target(message.upstreamModel)
        guard let target = UpstreamTarget(lease, asked: model, snapshot: snapshot),
            // A model that takes no text is not warmed up; that is no failure of the account.
            let body = try? context.codec.encodeRequest(request, target: target)
        else { return nil }
        var options = snapshot.document.client
        if let proxy = lease.terms.egressProxy { options.proxy = proxy }
        return context.clients.client(options).start(
            UpstreamCall.request(
                body,
                remakeBody: { [context, request] in
                    try? context.codec.encodeRequest(request, target: target.again)
                },
                method: "generateContent", model: target.model.id, lease: lease, snapshot: snapshot))
    }

    /// - Returns: nil for a success.
    private func read(_ upstream: ClientExchange, _ lease: HeldLease) async -> AttemptFailure? {
        var body: [UInt8] = []
        do throws(ClientError) {
            let status = try await upstream.head().status
            while try await upstream.read(into: &body) {
                guard body.count <= Self.answerSizeMaxBytes else {
                    upstream.cancel()
                    break
                }
            }
            guard status != 200 else { return nil }
            return AttemptFailure(
                classify(
                    phase: .answer, status: status, retryAfterHeader: upstream.field("retry-after"), body: body,
                    now: WallClock.unixMilliseconds, hiding: lease.hidden), httpStatus: status)
        } catch {
            return AttemptFailure(.network, reason: error.word)
        }
    }

    private func outcome(_ outcomeClass: OutcomeClass, _ lease: HeldLease) -> AttemptOutcome {
        let now = EventLoop.now.nanoseconds
        return AttemptOutcome(
            leaseID: lease.terms.leaseID, outcomeClass: outcomeClass.rawValue,
            httpStatus: outcomeClass == .success ? 200 : nil, isContentCommitted: false,
            endpoint: UInt8(clamping: lease.endpoint),
            durationMilliseconds: UInt32(clamping: (now - min(now, beganAt)) / 1_000_000))
    }
}
