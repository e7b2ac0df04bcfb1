import APIErrors
import Digest
import HTTP
import IPC
import Platform
import Translation

/// A method that only the public Gemini API has, such as embeddings: body and answer pass as they are, over an account with an
/// API key.
final class PassThrough {
    /// Embeddings of a hundred texts have some megabytes, pictures more.
    static let answerSizeMaxBytes = 64 * 1024 * 1024

    private let exchange: Exchange
    private let method: String
    private let model: String
    private var control: ExchangeControl { exchange.client.control }

    /// - Parameter model: as the client wrote it.
    init(_ exchange: Exchange, method: String, model: String) {
        self.exchange = exchange
        self.method = method
        self.model = ModelRouter.bareName(model)
    }

    /// Says outright that nothing here needs the loop to be freed.
    nonisolated deinit {}

    /// - Returns: the body of the upstream's success.
    func run() async throws(GenerationEnd) -> [UInt8] {
        exchange.client.watchPeer()
        defer {
            control.end()
            exchange.releaseBody()
        }
        let body = try check(try await exchange.readBody())
        control.begin(
            DeadlineBook(
                limits: exchange.snapshot.document.exchange, acceptedAt: exchange.acceptedAt, hasHeartbeat: false,
                thinks: false, isBehindCloudflare: exchange.head.fields.contains("cf-ray")))
        let query = UpstreamQuery(
            exchange,
            UpstreamQuery.Subject(
                operation: .embed, method: method, dialectName: "gemini",
                model: exchange.snapshot.router.table.target(model), answerSizeMaxBytes: Self.answerSizeMaxBytes)
        ) { _ throws(APIFailure) in body }
        do throws(GenerationEnd) {
            return try await query.run()
        } catch {
            throw named(error)
        }
    }

    private func check(_ body: [UInt8]) throws(GenerationEnd) -> [UInt8] {
        let digest = BodyDigest.of(body)
        exchange.log.bodyDigest = digest
        exchange.client.slot.identify(digest: digest)
        do throws(APIFailure) {
            guard (1...ModelRouter.nameSizeMaxBytes).contains(model.utf8.count) else {
                throw .badRequest("model must have 1 to \(ModelRouter.nameSizeMaxBytes) bytes", param: "model")
            }
            _ = try RequestBody(body, contentType: exchange.head.fields["content-type"]).object()
        } catch {
            throw .failed(error)
        }
        exchange.log.clientModel = model
        return body
    }

    /// Says which method it is that no account can do.
    private func named(_ end: GenerationEnd) -> GenerationEnd {
        guard case .failed(let failure) = end, failure.situation == .notImplemented else { return end }
        return .failed(
            APIFailure(.notImplemented, message: "\(method) is served by accounts with an API key alone."))
    }
}
