import APIErrors
import Digest
import HTTP
import IPC
import Platform
import Transport

/// One AI request of a client and its answer, from the head to the record.
final class Exchange {
    let head: HTTPRequestHead
    private let path: String
    let family: DialectFamily
    let client: ClientConnection
    /// In force when the request came; a change counts from the next one.
    let snapshot: WorkerSnapshot
    let requestID = Identifiers.request()
    let acceptedAt = EventLoop.now.nanoseconds
    var log: ExchangeLog

    init(head: HTTPRequestHead, path: String, family: DialectFamily, client: ClientConnection, snapshot: WorkerSnapshot)
    {
        self.head = head
        self.path = path
        self.family = family
        self.client = client
        self.snapshot = snapshot
        log = ExchangeLog(
            head: head, requestID: requestID, family: family, apiKeyID: snapshot.apiKeyID,
            clientAddress: client.connection.peer.text, now: acceptedAt)
    }

    /// Says outright that nothing here needs the loop to be freed: one is freed per request.
    nonisolated deinit {}

    func run() async {
        guard snapshot.document.isEnabled else {
            // A stopped service keeps no record of what it refuses.
            await client.respond(APIFailure(.serviceDisabled), in: family, requestID: requestID)
            return
        }
        do throws(APIFailure) {
            try await serve()
        } catch {
            await refuse(error)
        }
        client.context.outbox.end(log.end(now: EventLoop.now.nanoseconds))
    }

    /// Answers with an error in place of an answer that has not begun.
    func refuse(_ failure: APIFailure) async {
        log.status = failure.status(in: family)
        log.error = failure.message
        await client.respond(failure, in: family, requestID: requestID)
    }

    /// Answers with a document.
    func answer(_ body: [UInt8]) async {
        var fields = AnswerFields.json
        addIdentity(to: &fields)
        log.status = 200
        await client.respond(ResponseHead(status: 200, fields: fields), body: body)
    }

    func addIdentity(to fields: inout HTTPFields) {
        fields.add("x-request-id", requestID)
        fields.add("request-id", requestID)
    }

    /// Stands for the client where a request names no conversation: its address and program, hashed.
    var clientHint: String {
        let text = client.connection.peer.text + "\n" + (head.fields["user-agent"] ?? "")
        return String(Hex.encode(SHA256.hash(Array(text.utf8))).prefix(16))
    }

    private func serve() async throws(APIFailure) {
        if let refusal = snapshot.gate.refusal(of: head, isGeminiPath: family == .gemini) { throw refusal }
        switch AIRoute.table.match(head.method, path: path) {
        case .found(.chatCompletions, _): try await Generation(self, dialect: OpenAIChatRoute.dialect).run()
        case .found(.models, _): await answer(models)
        case .found(.model, let parameters): try await answer(model: parameters["id"] ?? "")
        case .methodNotAllowed(let allow): throw .methodNotAllowed(allow)
        case .notFound: throw .unknownPath
        }
    }

    private var models: [UInt8] { family == .anthropic ? snapshot.models.anthropic : snapshot.models.openAI }

    private func answer(model id: String) async throws(APIFailure) {
        if id == "claude" { return await answer(snapshot.models.containing(id)) }
        guard let body = snapshot.models.one(id, isAnthropic: family == .anthropic) else {
            throw APIFailure(.modelNotFound, message: "The model '\(id)' does not exist.", param: "model")
        }
        await answer(body)
    }
}
