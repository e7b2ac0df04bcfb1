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
    let dialect: any ClientDialect
    let sink: AnswerSink
    /// Held until no further attempt can follow: it refers to the client's body.
    private(set) var request: GenerationRequest?
    private(set) var model: ResolvedModel?
    private(set) var session: SessionKey?
    private var reservedBytes = 0

    var client: ClientConnection { exchange.client }
    var control: ExchangeControl { exchange.client.control }
    var context: WorkerContext { exchange.client.context }
    var snapshot: WorkerSnapshot { exchange.snapshot }

    init(_ exchange: Exchange, dialect: any ClientDialect) {
        self.exchange = exchange
        self.dialect = dialect
        sink = AnswerSink(exchange)
    }

    /// Says outright that nothing here needs the loop to be freed: one is freed per request.
    nonisolated deinit {}

    func run() async throws(APIFailure) {
        client.watchPeer()
        defer {
            control.end()
            context.releaseBody(reservedBytes)
        }
        do throws(GenerationEnd) {
            let body = try await readBody()
            try prepare(body)
            try await answerChoices()
            await sink.finish()
        } catch {
            try await conclude(error)
        }
    }

    /// The client's body is of no more use: no attempt can follow.
    func dropRequest() {
        request = nil
        context.releaseBody(reservedBytes)
        reservedBytes = 0
    }

    // MARK: Reading

    private func readBody() async throws(GenerationEnd) -> [UInt8] {
        let sizeMax = snapshot.document.bodySizeMaxBytes
        if case .length(let length) = exchange.head.framing, length <= sizeMax {
            guard context.reserveBody(length) else { throw .failed(APIFailure(.memoryFull)) }
            reservedBytes = length
        }
        let body: [UInt8]
        do throws(BodyError) {
            body = try await client.connection.readBody(sizeMaxBytes: sizeMax)
        } catch {
            switch error {
            case .tooLarge: throw .failed(.tooLarge())
            case .refused(let refusal): throw .failed(.refusal(refusal))
            case .stalled: throw .failed(APIFailure(.requestTimeout))
            case .peerGone: throw .stopped(.clientGone)
            }
        }
        if body.count > reservedBytes {
            guard context.reserveBody(body.count - reservedBytes) else { throw .failed(APIFailure(.memoryFull)) }
            reservedBytes = body.count
        }
        return body
    }

    /// Decodes and routes the request, and starts its clocks.
    private func prepare(_ body: [UInt8]) throws(GenerationEnd) {
        let digest = BodyDigest.of(body)
        exchange.log.bodyDigest = digest
        client.slot.identify(digest: digest)
        let decoded: GenerationRequest
        do throws(APIFailure) {
            var request = try dialect.decode(Self.parse(body))
            model = snapshot.router.route(&request, as: try context.models.resolve(request.clientModel, by: snapshot))
            decoded = request
        } catch {
            throw .failed(error)
        }
        request = decoded
        session = SessionKey.find(in: decoded, fields: exchange.head.fields, apiKeyID: snapshot.apiKeyID)
        exchange.log.clientModel = decoded.clientModel
        exchange.log.upstreamModel = model?.target.id
        exchange.log.isStream = decoded.streams
        sink.begin(decoded, dialect: dialect)
        control.begin(
            DeadlineBook(
                limits: snapshot.document.exchange, acceptedAt: exchange.acceptedAt,
                hasHeartbeat: decoded.streams && sink.hasHeartbeat, thinks: model?.target.thinking != nil,
                isBehindCloudflare: exchange.head.fields.contains("cf-ray")))
        control.onHeartbeat = { [unowned sink] in sink.heartbeat() }
    }

    private static func parse(_ body: [UInt8]) throws(APIFailure) -> JSONDocument {
        do throws(JSONError) {
            return try JSONDocument(parsing: body)
        } catch {
            if error.reason == .tooManyNodes { throw .tooLarge("The body has too many values.") }
            throw .badRequest(error.description, param: error.path.isEmpty ? nil : error.path)
        }
    }

    // MARK: Answering

    private func answerChoices() async throws(GenerationEnd) {
        let count = request?.choiceCount ?? 1
        for choice in 0..<count {
            let id = count == 1 ? exchange.requestID : "\(exchange.requestID).\(choice)"
            let loop = AttemptLoop(self, choice: choice, isLastChoice: choice == count - 1, requestID: id)
            try await loop.run()
        }
    }

    // MARK: Ending

    private func conclude(_ end: GenerationEnd) async throws(APIFailure) {
        let failure: APIFailure
        switch end {
        case .failed(let reason): failure = reason
        case .stopped(let stop):
            guard let reason = stop.failure else {
                exchange.log.error = "client gone"
                return
            }
            failure = reason
        }
        guard sink.isStarted else { throw failure }
        exchange.log.error = failure.message
        await sink.fail(failure)
    }
}
