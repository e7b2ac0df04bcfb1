import APIErrors
import GoogleAPI
import HTTP
import IPC
import Platform
import Translation
import Transport

/// One upstream call under one lease.
///
/// `run`, `read` and `deliver` wait; what handles bytes, events and errors is synchronous, so that a silent stream's frames
/// hold pointers alone.
final class Attempt {
    indirect enum End {
        /// The answer is complete and with the sink.
        case answered
        /// It came to nothing; whether another may follow is decided elsewhere.
        case failed(AttemptFailure)
        /// The request cannot be written for this target; no attempt will change that.
        case refused(APIFailure)
        case stopped(ExchangeStop)
    }

    private let generation: Generation
    private let lease: HeldLease
    private let choice: Int
    private let control: ExchangeControl
    private let repair: RequestRepair?
    private let beganAt = EventLoop.now.nanoseconds
    private var reader: UpstreamReader?
    private var harvest: SignatureHarvest?
    /// Decoded and not yet with the sink. Without content they stay here to the end.
    private(set) var events: [GenerationEvent] = []
    private var fault: UpstreamReader.Fault?
    private var bytesOut = 0
    private var firstContentAt: UInt64?
    private var usage: TokenUsage?

    /// Content of this attempt is with the client: nothing may be tried again.
    var isCommitted: Bool { firstContentAt != nil && generation.sink.isCommitted }

    init(
        _ generation: Generation, lease: HeldLease, choice: Int, control: ExchangeControl, repair: RequestRepair?
    ) {
        self.generation = generation
        self.lease = lease
        self.choice = choice
        self.control = control
        self.repair = repair
    }

    /// Says outright that nothing here needs the loop to be freed: one is freed per request.
    nonisolated deinit {}

    func run() async -> End {
        let started: ClientExchange?
        do throws(GenerationEnd) { started = try start() } catch { return Self.refused(error) }
        guard let upstream = started else { return .failed(AttemptFailure(.modelNotFound)) }
        let end = await read(upstream)
        return settle(end, upstream)
    }

    // MARK: Sending

    private func target() -> UpstreamTarget? {
        guard let asked = generation.model?.target else { return nil }
        return UpstreamTarget(
            lease, asked: asked, snapshot: generation.snapshot, sessionID: generation.session?.upstreamSessionID,
            signatures: generation.inquiry?.known ?? .none, repair: repair)
    }

    /// Writes the request for this lease and sends it.
    ///
    /// - Returns: nil when the account's API has no such model: another account may have it.
    @inline(never) private func start() throws(GenerationEnd) -> ClientExchange? {
        guard let target = target() else { return nil }
        guard let request = generation.request?.forChoice(choice) else { throw .failed(APIFailure(.internalError)) }
        let snapshot = generation.snapshot
        let context = generation.context
        let body: [UInt8]
        do throws(APIFailure) {
            body = try context.codec.encodeRequest(request, target: target)
        } catch {
            throw .failed(error)
        }
        bytesOut = body.count
        var options = snapshot.document.client
        if let proxy = lease.terms.egressProxy { options.proxy = proxy }
        let upstream = context.clients.client(options).start(
            UpstreamCall.request(
                body, remakeBody: { [generation, choice] in generation.body(of: choice, for: target) },
                model: target.model.id, lease: lease, snapshot: snapshot))
        control.attach(upstream)
        control.waits(for: .content(since: beganAt))
        expectAnswer(to: request, from: target)
        return upstream
    }

    /// Makes what reads the answer. The request is on its way already.
    private func expectAnswer(to request: GenerationRequest, from target: UpstreamTarget) {
        let dialect = generation.dialect
        reader = UpstreamReader(
            generation.context.codec.makeDecoder(
                for: request, target: target, form: dialect.callIdentifiers, identifiers: Identifiers.alphanumerics),
            purpose: request.purpose)
        if generation.snapshot.document.remembersSignatures {
            harvest = SignatureHarvest(request, target: target.model, scope: generation.signatureScope)
        }
        generation.exchange.log.upstreamModel = target.model.id
        generation.sink.beginAttempt(
            lease, model: target.model.id, choice: choice, for: request, dialect: dialect)
    }

    private static func refused(_ end: GenerationEnd) -> End {
        switch end {
        case .failed(let failure): .refused(failure)
        case .stopped(let stop): .stopped(stop)
        }
    }

    // MARK: Reading

    private func read(_ upstream: ClientExchange) async -> End {
        // What can be had without waiting is: each function that waits costs a change of executors there and back.
        while !upstream.isHeadAtHand { await upstream.wait() }
        let status: Int
        do throws(ClientError) { status = try upstream.takeHead().status } catch { return unreached(error) }
        guard status == 200 else { return await explain(upstream, status: status) }
        while true {
            while !upstream.isReadable { await upstream.wait() }
            let isMore: Bool
            let hasNews: Bool
            do throws(ClientError) { (isMore, hasNews) = try take(upstream) } catch { return broken(error) }
            if hasNews {
                let isThere = if let known = deliverAtOnce() { known } else { await deliver() }
                guard isThere else { return .stopped(.clientGone) }
            }
            if let end = ended(isMore: isMore) { return end }
        }
    }

    /// - Returns: whether the answer goes on, and whether there are events that may go to the client.
    @inline(never) private func take(_ upstream: ClientExchange) throws(ClientError) -> (isMore: Bool, hasNews: Bool) {
        var bytes: [UInt8] = []
        let isMore = try upstream.take(into: &bytes)
        return (isMore, decode(bytes, isMore: isMore))
    }

    /// - Returns: true if there are events that may go to the client.
    private func decode(_ bytes: [UInt8], isMore: Bool) -> Bool {
        do throws(UpstreamReader.Fault) {
            if isMore { try reader?.take(bytes, into: &events) } else { try reader?.finish(into: &events) }
        } catch {
            fault = error
        }
        return !events.isEmpty && reader?.progress.hasContent == true
    }

    /// Hands over what was decoded. That content has begun is told when it is on its way: the client waits for it.
    /// - Returns: whether the client is there; nil if it has to be waited for, by `deliver`.
    @inline(never) private func deliverAtOnce() -> Bool? {
        if harvest != nil { keepSignatures() }
        let isFirst = firstContentAt == nil
        if isFirst { firstContentAt = EventLoop.now.nanoseconds }
        generation.sink.take(events, choice: choice)
        let isThere = generation.sink.sendAtOnce()
        if isFirst, generation.sink.isCommitted { commit() }
        events.removeAll(keepingCapacity: true)
        guard let isThere else {
            control.waits(for: .client)
            return nil
        }
        return endDelivery(isThere)
    }

    private func deliver() async -> Bool { endDelivery(await generation.sink.send()) }

    /// Before the client gets the bytes that they belong to.
    private func keepSignatures() {
        harvest?.observe(events)
        guard harvest?.isEmpty == false, let entries = harvest?.take(), let family = harvest?.family else { return }
        generation.context.signatures.keep(entries, of: family)
    }

    private func commit() {
        control.committed()
        generation.context.leases.committed(
            lease.terms.leaseID, firstContentMilliseconds: firstContentMilliseconds ?? 0)
        generation.choiceCommitted()
    }

    private func endDelivery(_ isThere: Bool) -> Bool {
        control.waits(for: .bytes(since: EventLoop.now.nanoseconds))
        if !isThere { generation.control.stop(.clientGone) }
        return isThere
    }

    /// Whether the answer has ended with what has just been read, and how.
    @inline(never) private func ended(isMore: Bool) -> End? {
        if let fault { return .failed(explain(fault)) }
        if isMore { return nil }
        guard let emptiness = reader?.progress.emptiness else { return .answered }
        return .failed(AttemptFailure(.emptyStream, reason: emptiness.rawValue, httpStatus: 200))
    }

    /// A stop that came while the last bytes were on their way changes nothing about a complete answer.
    @inline(never) private func settle(_ end: End, _ upstream: ClientExchange) -> End {
        control.attach(nil)
        control.waits(for: .none)
        usage = reader?.progress.usage
        let isComplete = if case .answered = end { true } else { false }
        if let usage, isComplete || isCommitted { generation.exchange.log.add(usage) }
        if isComplete { return end }
        upstream.cancel()
        if let stop = control.stop { return limit(stop) ?? .stopped(stop) }
        return end
    }

    // MARK: What went wrong

    @inline(never) private func unreached(_ error: ClientError) -> End {
        .failed(AttemptFailure(.network, reason: error.word))
    }

    @inline(never) private func broken(_ error: ClientError) -> End {
        .failed(
            AttemptFailure(isCommitted ? .brokenAfterCommit : .emptyStream, reason: error.word, httpStatus: 200))
    }

    private func explain(_ fault: UpstreamReader.Fault) -> AttemptFailure {
        switch fault {
        case .malformed(let reason):
            return AttemptFailure(isCommitted ? .brokenAfterCommit : .server, reason: reason, httpStatus: 200)
        case .reported(let payload):
            let said = classification(of: payload, in: .stream)
            guard isCommitted else { return AttemptFailure(said, httpStatus: 200) }
            return AttemptFailure(classification(of: payload, in: .committed), httpStatus: 200, lastWord: said)
        }
    }

    private func classification(of payload: [UInt8], in phase: CallPhase) -> Classification {
        classify(
            phase: phase, status: 200, retryAfterHeader: nil, body: payload, now: WallClock.unixMilliseconds,
            hiding: lease.hidden)
    }

    /// Reads the error body and says what it means.
    private func explain(_ upstream: ClientExchange, status: Int) async -> End {
        var body: [UInt8] = []
        do throws(ClientError) {
            while body.count < UpstreamCall.errorBodyMaxBytes, try await upstream.read(into: &body) {}
        } catch {
            // What has come of it is classified; the status says most.
        }
        return explain(body, status: status, retryAfter: upstream.field("retry-after"))
    }

    @inline(never) private func explain(_ body: [UInt8], status: Int, retryAfter: String?) -> End {
        let classification = classify(
            phase: .answer, status: status, retryAfterHeader: retryAfter, body: body,
            now: WallClock.unixMilliseconds, hiding: lease.hidden)
        return .failed(AttemptFailure(classification, httpStatus: status))
    }

    /// Limits of the attempt itself are failures that another attempt may cure.
    private func limit(_ stop: ExchangeStop) -> End? {
        switch stop {
        case .deadline(.firstContent):
            control.resume()
            return .failed(AttemptFailure(.stall))
        case .deadline(.upstreamIdle):
            control.resume()
            return .failed(
                isCommitted
                    ? AttemptFailure(.brokenAfterCommit, reason: "idle", httpStatus: 200) : AttemptFailure(.stall))
        default: return nil
        }
    }

    // MARK: The report

    func outcome(_ failure: AttemptFailure) -> AttemptOutcome {
        var outcome = outcome(failure.outcome)
        outcome.describe(failure)
        return outcome
    }

    func outcome(_ outcomeClass: OutcomeClass) -> AttemptOutcome {
        let now = EventLoop.now.nanoseconds
        return AttemptOutcome(
            leaseID: lease.terms.leaseID, outcomeClass: outcomeClass.rawValue,
            httpStatus: outcomeClass == .success ? 200 : nil,
            isContentCommitted: isCommitted, endpoint: UInt8(clamping: lease.endpoint),
            firstContentMilliseconds: firstContentMilliseconds,
            durationMilliseconds: UInt32(clamping: (now - min(now, beganAt)) / 1_000_000),
            bytesOut: UInt64(clamping: bytesOut), tokens: usage.map(AttemptOutcome.Tokens.init))
    }

    private var firstContentMilliseconds: UInt32? {
        guard let firstContentAt else { return nil }
        return UInt32(clamping: (firstContentAt - min(firstContentAt, beganAt)) / 1_000_000)
    }
}

extension AttemptOutcome.Tokens {
    init(_ usage: TokenUsage) {
        self.init(
            input: UInt32(clamping: usage.prompt), output: UInt32(clamping: usage.output),
            cached: UInt32(clamping: usage.cached), thoughts: UInt32(clamping: usage.reasoning))
    }
}
