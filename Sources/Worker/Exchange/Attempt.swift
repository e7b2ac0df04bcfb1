import APIErrors
import GoogleAPI
import IPC
import Platform
import Translation
import Transport

/// One upstream call under one lease.
final class Attempt {
    enum End {
        /// The answer is complete and with the sink.
        case answered
        /// It came to nothing; whether another may follow is decided elsewhere.
        case failed(AttemptFailure)
        /// The request cannot be written for this target; no attempt will change that.
        case refused(APIFailure)
        case stopped(ExchangeStop)
    }

    private let generation: Generation
    private let lease: LeaseTerms
    private let endpoint: Int
    private let choice: Int
    private let isLastChoice: Bool
    private let repair: RequestRepair?
    private let beganAt = EventLoop.now.nanoseconds
    private var bytesOut = 0
    private var firstContentAt: UInt64?
    private var usage: TokenUsage?

    /// Content of this attempt is with the client: nothing may be tried again.
    var isCommitted: Bool { firstContentAt != nil && generation.sink.isCommitted }

    private var control: ExchangeControl { generation.control }

    init(
        _ generation: Generation, lease: LeaseTerms, endpoint: Int, choice: Int, isLastChoice: Bool,
        repair: RequestRepair?
    ) {
        self.generation = generation
        self.lease = lease
        self.endpoint = endpoint
        self.choice = choice
        self.isLastChoice = isLastChoice
        self.repair = repair
    }

    /// Says outright that nothing here needs the loop to be freed: one is freed per request.
    nonisolated deinit {}

    func run() async -> End {
        guard let started = start() else { return .refused(refusal ?? APIFailure(.internalError)) }
        let (upstream, decoder) = started
        control.attach(upstream)
        control.waits(for: .content(since: beganAt))
        generation.sink.beginAttempt(lease)
        let end = await read(upstream, decoder)
        control.attach(nil)
        control.waits(for: .none)
        if let usage, hasAnswered(end) || isCommitted { generation.exchange.log.add(usage) }
        // A stop that came while the last bytes were on their way changes nothing about a complete answer.
        if hasAnswered(end) { return end }
        upstream.cancel()
        if let stop = control.stop { return limit(stop) ?? .stopped(stop) }
        return end
    }

    private func hasAnswered(_ end: End) -> Bool {
        if case .answered = end { true } else { false }
    }

    // MARK: Sending

    private var refusal: APIFailure?

    /// Writes the request for this lease and sends it.
    private func start() -> (ClientExchange, any AnswerDecoder)? {
        guard let request = generation.request, let model = generation.model, lease.accountKind == .codeAssist else {
            return nil
        }
        let snapshot = generation.snapshot
        let target = UpstreamTarget(
            model: model.target.id == lease.upstreamModel
                ? model.target : snapshot.router.table.target(lease.upstreamModel),
            project: lease.projectID, requestID: Identifiers.uuid(),
            sessionID: generation.session?.upstreamSessionID, repair: repair,
            settings: snapshot.document.translation)
        let context = generation.context
        let body: [UInt8]
        do throws(APIFailure) {
            body = try context.codec.encodeRequest(request, target: target)
        } catch {
            refusal = error
            return nil
        }
        let decoder = context.codec.makeDecoder(
            for: request, target: target, form: generation.dialect.callIdentifiers,
            identifiers: Identifiers.alphanumerics)
        bytesOut = body.count
        var options = snapshot.document.client
        if let proxy = lease.egressProxy { options.proxy = proxy }
        let call = UpstreamCall.request(body, lease: lease, endpoint: endpoint, snapshot: snapshot)
        return (context.clients.client(options).start(call), decoder)
    }

    // MARK: Reading

    private func read(_ upstream: ClientExchange, _ decoder: any AnswerDecoder) async -> End {
        let head: ClientResponseHead
        do throws(ClientError) {
            head = try await upstream.head()
        } catch {
            return .failed(AttemptFailure(.network, reason: error.word))
        }
        guard head.status == 200 else { return .failed(await explain(upstream, status: head.status)) }
        var reader = UpstreamReader(decoder)
        var events: [GenerationEvent] = []
        while true {
            var bytes: [UInt8] = []
            let isMore: Bool
            do throws(ClientError) {
                isMore = try await upstream.read(into: &bytes)
            } catch {
                return .failed(broken(reason: error.word))
            }
            var fault: UpstreamReader.Fault?
            do throws(UpstreamReader.Fault) {
                if isMore { try reader.take(bytes, into: &events) } else { try reader.finish(into: &events) }
            } catch {
                fault = error
            }
            usage = reader.progress.usage
            if reader.progress.hasContent, !events.isEmpty {
                guard await deliver(events) else { return .stopped(.clientGone) }
                events.removeAll(keepingCapacity: true)
            }
            if let fault { return .failed(explain(fault)) }
            if !isMore { break }
        }
        if let emptiness = reader.progress.emptiness {
            return .failed(AttemptFailure(.emptyStream, reason: emptiness.rawValue, httpStatus: 200))
        }
        return .answered
    }

    private func deliver(_ events: [GenerationEvent]) async -> Bool {
        let isFirst = firstContentAt == nil
        if isFirst { firstContentAt = EventLoop.now.nanoseconds }
        control.waits(for: .client)
        let isThere = await generation.sink.take(events, choice: choice)
        if isFirst, generation.sink.isCommitted {
            control.committed()
            generation.context.leases.committed(lease.leaseID, firstContentMilliseconds: firstContentMilliseconds ?? 0)
            if isLastChoice { generation.dropRequest() }
        }
        control.waits(for: .bytes(since: EventLoop.now.nanoseconds))
        if !isThere { control.stop(.clientGone) }
        return isThere
    }

    // MARK: What went wrong

    private func broken(reason: String) -> AttemptFailure {
        isCommitted
            ? AttemptFailure(.brokenAfterCommit, reason: reason, httpStatus: 200)
            : AttemptFailure(.emptyStream, reason: reason, httpStatus: 200)
    }

    private func explain(_ fault: UpstreamReader.Fault) -> AttemptFailure {
        switch fault {
        case .malformed(let reason):
            return AttemptFailure(isCommitted ? .brokenAfterCommit : .server, reason: reason, httpStatus: 200)
        case .reported(let payload):
            let classification = classify(
                phase: isCommitted ? .committed : .stream, status: 200, retryAfterHeader: nil, body: payload,
                now: WallClock.unixMilliseconds, hiding: hidden)
            return AttemptFailure(classification, httpStatus: 200)
        }
    }

    /// Reads the error body and says what it means.
    private func explain(_ upstream: ClientExchange, status: Int) async -> AttemptFailure {
        var body: [UInt8] = []
        do throws(ClientError) {
            while body.count < UpstreamCall.errorBodyMaxBytes, try await upstream.read(into: &body) {}
        } catch {
            // What has come of it is classified; the status says most.
        }
        let classification = classify(
            phase: .answer, status: status, retryAfterHeader: upstream.field("retry-after"), body: body,
            now: WallClock.unixMilliseconds, hiding: hidden)
        return AttemptFailure(classification, httpStatus: status)
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

    private var hidden: [String] { lease.projectID.map { [$0] } ?? [] }

    // MARK: The report

    func outcome(_ failure: AttemptFailure) -> AttemptOutcome {
        var outcome = outcome(failure.outcome)
        let classification = failure.classification
        outcome.httpStatus = failure.httpStatus.map { UInt32(clamping: $0) }
        outcome.reason = classification.reason
        outcome.errorModel = classification.errorModel
        outcome.retryAfterMilliseconds = classification.retryAfterMilliseconds.map { UInt64(clamping: $0) }
        outcome.resetAfterMilliseconds = classification.resetAfterMilliseconds.map { UInt64(clamping: $0) }
        outcome.delaySource = classification.delaySource.map { "\($0)" }
        outcome.validationURL = classification.validationURL
        outcome.excerpt = Self.excerpt(classification.message)
        return outcome
    }

    func outcome(_ outcomeClass: OutcomeClass) -> AttemptOutcome {
        let now = EventLoop.now.nanoseconds
        return AttemptOutcome(
            leaseID: lease.leaseID, outcomeClass: outcomeClass.rawValue,
            httpStatus: outcomeClass == .success ? 200 : nil,
            isContentCommitted: isCommitted, endpoint: UInt8(clamping: endpoint),
            firstContentMilliseconds: firstContentMilliseconds,
            durationMilliseconds: UInt32(clamping: (now - min(now, beganAt)) / 1_000_000),
            bytesOut: UInt64(clamping: bytesOut), tokens: usage.map(AttemptOutcome.Tokens.init))
    }

    private var firstContentMilliseconds: UInt32? {
        firstContentAt.map { UInt32(clamping: ($0 - min($0, beganAt)) / 1_000_000) }
    }

    private static func excerpt(_ message: String) -> String {
        var text = message
        while text.utf8.count > AttemptOutcome.excerptSizeMaxBytes { text.unicodeScalars.removeLast() }
        return text
    }
}

extension AttemptOutcome.Tokens {
    init(_ usage: TokenUsage) {
        self.init(
            input: UInt32(clamping: usage.prompt), output: UInt32(clamping: usage.output),
            cached: UInt32(clamping: usage.cached), thoughts: UInt32(clamping: usage.reasoning))
    }
}
