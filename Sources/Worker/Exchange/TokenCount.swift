import APIErrors
import Digest
import HTTP
import IPC
import Platform
import Translation

/// A request for the number of tokens of a prompt: asked upstream, estimated when that fails or takes too long.
///
/// Clients measure their context with it and give up on errors, so nothing that happens upstream makes one.
final class TokenCount {
    enum Answer {
        case counted([UInt8])
        /// The body cannot be read.
        case refused(APIFailure)
        case clientGone
    }

    private let exchange: Exchange
    private let dialect: any CountingDialect
    private var control: ExchangeControl { exchange.client.control }

    init(_ exchange: Exchange, dialect: any CountingDialect) {
        self.exchange = exchange
        self.dialect = dialect
    }

    /// Says outright that nothing here needs the loop to be freed.
    nonisolated deinit {}

    func run() async -> Answer {
        exchange.client.watchPeer()
        defer {
            control.end()
            exchange.releaseBody()
        }
        let request: GenerationRequest
        let model: ResolvedModel
        do throws(GenerationEnd) {
            (request, model) = try prepare(try await exchange.readBody())
        } catch {
            let refusal = Self.refusal(error)
            if case .refused(let failure) = refusal { exchange.log.error = failure.message }
            return refusal
        }
        do throws(GenerationEnd) {
            return .counted(dialect.encodeCount(try await ask(request, model.target)))
        } catch {
            if error == .stopped(.clientGone) { return .clientGone }
            return .counted(dialect.encodeCount(TokenEstimate.tokens(of: request)))
        }
    }

    private func prepare(_ body: [UInt8]) throws(GenerationEnd) -> (GenerationRequest, ResolvedModel) {
        let digest = BodyDigest.of(body)
        exchange.log.bodyDigest = digest
        exchange.client.slot.identify(digest: digest)
        let snapshot = exchange.snapshot
        do throws(APIFailure) {
            let read = try RequestBody(body, contentType: exchange.head.fields["content-type"])
            var request = try exchange.decode(read) { body throws(APIFailure) in try dialect.decodeCount(body) }
            let known = try exchange.client.context.models.resolve(request.clientModel, by: snapshot)
            let model = snapshot.router.route(&request, as: known)
            exchange.log.upstreamModel = model.target.id
            return (request, model)
        } catch {
            throw .failed(error)
        }
    }

    /// - Throws: whenever the upstream does not say.
    private func ask(_ request: GenerationRequest, _ model: TargetModel) async throws(GenerationEnd) -> Int {
        // Bringing them would take longer than anybody waits for a count.
        guard request.remoteMedia.isEmpty else { throw .failed(APIFailure(.upstreamError)) }
        control.begin(
            DeadlineBook(
                limits: exchange.snapshot.document.exchange.ofCount, acceptedAt: EventLoop.now.nanoseconds,
                hasHeartbeat: false, thinks: false, isBehindCloudflare: false))
        let context = exchange.client.context
        let query = UpstreamQuery(
            exchange,
            UpstreamQuery.Subject(
                operation: .countTokens, method: "countTokens", dialectName: dialect.name, model: model)
        ) { target throws(APIFailure) in try context.codec.encodeCount(request, target: target) }
        let answer = try await query.run()
        guard let count = context.codec.decodeCount(answer) else { throw .failed(APIFailure(.upstreamError)) }
        return count
    }

    private static func refusal(_ end: GenerationEnd) -> Answer {
        switch end {
        case .failed(let failure): .refused(failure)
        case .stopped: .clientGone
        }
    }
}
