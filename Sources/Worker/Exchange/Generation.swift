import APIErrors
import Digest
import GoogleAPI
import HTTP
import IPC
import JSON
import Platform
import Translation
import Transport

/// A request for an answer of a model: read, translated, tried until it succeeds or there is nothing left to try.
///
/// Straight-line code; what can interrupt it stands in `ExchangeControl`. Retrying ends for good when the first content has
/// gone to the client (`AnswerSink.isCommitted`).
final class Generation {
    let exchange: Exchange
    private let route: GenerationRoute
    /// Settled by path and body.
    private(set) var dialect: any ClientDialect
    let sink: AnswerSink
    /// Held until no further attempt can follow: it refers to the client's body.
    private(set) var request: GenerationRequest?
    private(set) var model: ResolvedModel?
    private(set) var session: SessionKey?
    private(set) var operation = LeaseRequest.Operation.generate
    /// What the signature store was asked for; nil when nothing was missing.
    private(set) var inquiry: SignatureInquiry?
    /// Choices whose content has not begun: each may still need the request.
    private var openChoiceCount = 1
    /// In place of an upstream's; nil for nearly every request.
    private var ownAnswer: [GenerationEvent]?

    var client: ClientConnection { exchange.client }
    var control: ExchangeControl { exchange.client.control }
    var context: WorkerContext { exchange.client.context }
    var snapshot: WorkerSnapshot { exchange.snapshot }

    init(_ exchange: Exchange, route: GenerationRoute) {
        self.exchange = exchange
        self.route = route
        dialect = route.dialect
        sink = AnswerSink(exchange)
    }

    /// Says outright that nothing here needs the loop to be freed: one is freed per request.
    nonisolated deinit {}

    /// - Returns: the refusal to answer with, when no answer has begun.
    func run() async -> Ending {
        client.watchPeer()
        defer { release() }
        do throws(GenerationEnd) {
            if let body = try exchange.bodyAtHand() {
                try prepare(body)
            } else {
                try prepare(try await exchange.readBody())
            }
            if let remote = remoteMedia() { try place(try await RemoteMediaLoader(exchange).load(remote)) }
            if !answersItself() {
                if openChoiceCount == 1 { try await attempts().run() } else { try await choices().run() }
            }
        } catch {
            return await conclude(error)
        }
        switch sink.finish() {
        case .done: break
        case .behind: await sink.drain()
        case .refused(let failure):
            exchange.log.error = failure.message
            return .refused(failure)
        }
        return .done
    }

    /// Boxed: see `GenerationEnd`.
    enum Ending {
        case done
        indirect case refused(APIFailure)
    }

    /// Content of a choice is with the client: no attempt at it can follow.
    func choiceCommitted() {
        openChoiceCount -= 1
        if openChoiceCount == 0 { dropRequest() }
    }

    /// The body for a second sending of a choice; nil when there can be none.
    func body(of choice: Int, for target: UpstreamTarget) -> [UInt8]? {
        request.flatMap { try? context.codec.encodeRequest($0.forChoice(choice), target: target.again) }
    }

    /// The client's body is of no more use.
    private func dropRequest() {
        request = nil
        closeInquiry()
        exchange.releaseBody()
    }

    // MARK: Reading

    private func place(_ found: [RemoteMedia.Source: Media]) throws(GenerationEnd) {
        do throws(APIFailure) { try request?.place(found) } catch { throw .failed(error) }
    }

    @inline(never) private func remoteMedia() -> [RemoteMedia]? {
        guard let remote = request?.remoteMedia, !remote.isEmpty else { return nil }
        return remote
    }

    /// Decodes and routes the request, and starts its clocks.
    @inline(never) private func prepare(_ body: [UInt8]) throws(GenerationEnd) {
        let digest = BodyDigest.of(body)
        exchange.log.bodyDigest = digest
        client.slot.identify(digest: digest)
        // Held for the whole of this: what stands in it is then looked at in place.
        let snapshot = snapshot
        let decoded: GenerationRequest
        let model: ResolvedModel
        do throws(APIFailure) {
            let read = try RequestBody(body, contentType: exchange.head.fields["content-type"])
            let dialect = route.dialect(for: read, by: snapshot)
            self.dialect = dialect
            var request = try exchange.decode(read) { body throws(APIFailure) in try dialect.decode(body) }
            let served = dialect.servedModel(of: request, by: snapshot.document.translation)
            let known = try context.models.resolve(served, by: snapshot)
            model = snapshot.router.route(&request, as: known)
            ownAnswer = dialect.ownAnswer(to: &request, by: snapshot.document.translation)
            decoded = request
        } catch {
            throw .failed(error)
        }
        request = decoded
        self.model = model
        openChoiceCount = max(1, decoded.choiceCount)
        operation = LeaseRequest.Operation(decoded.purpose, target: model.target)
        // Pictures have no session, whatever endpoint asks for them.
        session =
            operation == .image
            ? nil
            : SessionKey.find(in: decoded, fields: exchange.head.fields, apiKeyID: snapshot.apiKeyID)
        exchange.log.payloadKind = decoded.answerFields.first { $0.name == "X-Cursor-Payload-Kind" }?.value
        exchange.log.upstreamModel = model.target.id
        exchange.log.isStream = decoded.streams
        sink.begin(decoded, dialect: dialect)
        control.begin(
            DeadlineBook(
                limits: snapshot.document.exchange, acceptedAt: exchange.acceptedAt,
                hasHeartbeat: decoded.streams && sink.hasHeartbeat, thinks: model.target.thinksBeforeContent,
                isBehindCloudflare: exchange.head.fields.contains("cf-ray")))
        control.onHeartbeat = { [unowned sink] in sink.heartbeat() }
    }

    // MARK: Signatures

    /// Asks the store for what the client did not give back, once for all attempts and choices.
    @inline(never) func askForSignatures() {
        guard inquiry == nil, snapshot.document.remembersSignatures, let request, let model,
            let question = SignatureQuestion(request, target: model.target, scope: signatureScope)
        else { return }
        inquiry = context.signatures.ask(question, for: exchange.requestID, control)
    }

    private func closeInquiry() {
        if let inquiry { context.signatures.close(inquiry) }
        inquiry = nil
    }

    /// Names the conversation for signatures of visible text; nil when it has no name.
    private(set) lazy var signatureScope = session.map { SignatureScope(session: $0, apiKeyID: snapshot.apiKeyID) }

    /// Hands over what the dialect answers by itself, if it does.
    @inline(never) private func answersItself() -> Bool {
        guard let ownAnswer else { return false }
        dropRequest()
        sink.take(ownAnswer, choice: 0)
        return true
    }

    // MARK: Ending

    private func release() {
        control.end()
        closeInquiry()
        exchange.releaseBody()
    }

    private func attempts() -> AttemptLoop {
        AttemptLoop(self, choice: 0, requestID: exchange.requestID, control: control)
    }

    private func choices() -> Choices {
        Choices(
            self, count: openChoiceCount, concurrentMax: request?.concurrentChoicesMax ?? 1,
            toleratesLost: request?.toleratesLostChoices ?? false)
    }

    private func conclude(_ end: GenerationEnd) async -> Ending {
        switch ending(end) {
        case .done: return .done
        case .refused(let failure):
            guard sink.isStarted else { return .refused(failure) }
            await sink.fail(failure)
            return .done
        }
    }

    @inline(never) private func ending(_ end: GenerationEnd) -> Ending {
        switch end {
        case .failed(let failure):
            exchange.log.error = failure.message
            return .refused(failure)
        case .stopped(let stop):
            guard let failure = stop.failure else {
                exchange.log.error = "client gone"
                return .done
            }
            exchange.log.error = failure.message
            return .refused(failure)
        }
    }
}
