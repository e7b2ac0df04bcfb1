import APIErrors
import Digest
import HTTP
import IPC
import Platform
import Translation
import Transport

/// One AI request of a client and its answer, from the head to the record.
final class Exchange {
    let head: HTTPRequestHead
    let family: DialectFamily
    let client: ClientConnection
    /// In force when the request came; a change counts from the next one.
    let snapshot: WorkerSnapshot
    let requestID = Identifiers.request()
    let acceptedAt = EventLoop.now.nanoseconds
    let log: ExchangeLog
    private var isRecorded = true
    /// Bytes of the body that count as held; see `Exchange+Body`.
    var reservedBytes = 0

    init(head: HTTPRequestHead, family: DialectFamily, client: ClientConnection, snapshot: WorkerSnapshot) {
        self.head = head
        self.family = family
        self.client = client
        self.snapshot = snapshot
        log = ExchangeLog(
            head: head, requestID: requestID, family: family, apiKeyID: snapshot.apiKeyID,
            clientAddress: ClientOrigin.address(
                peer: client.peerText, head.fields, isTunnelOpen: snapshot.document.isTunnelOpen),
            policy: snapshot.document.bodies, now: acceptedAt)
    }

    /// Says outright that nothing here needs the loop to be freed: one is freed per request.
    nonisolated deinit {}

    func run() async {
        switch plan() {
        case .generate(let generation):
            if case .refused(let failure) = await generation.run() { await refuse(failure) }
        case .detectModel: await detectModel()
        case .count(let count): await answer(count)
        case .pass(let passage): await answer(passage)
        case .answer(let body): await answer(body)
        case .refuse(let failure): await refuse(failure)
        }
        report()
    }

    /// What the request asks for. What is large is boxed: see `HeldLease`.
    private enum Plan {
        case generate(Generation)
        case detectModel
        case count(TokenCount)
        case pass(PassThrough)
        case answer([UInt8])
        indirect case refuse(APIFailure)
    }

    @inline(never) private func plan() -> Plan {
        // A stopped service keeps no record of what it refuses.
        isRecorded = snapshot.document.isEnabled
        guard isRecorded else { return .refuse(APIFailure(.serviceDisabled)) }
        if let refusal = client.access.refusal(of: head, isGeminiPath: family == .gemini, by: snapshot) {
            return .refuse(refusal)
        }
        switch AIRoute.match(head.method, path: head.path) {
        case .found(.generation(let route), _): return .generate(Generation(self, route: route))
        case .found(.gemini, let parameters): return plan(forGemini: parameters["id"] ?? "")
        case .found(.models(let question), let parameters): return plan(question, about: parameters["id"] ?? "")
        case .found(.modelDetection, _): return .detectModel
        case .found(.tokenCount(let route), _): return .count(TokenCount(self, dialect: route.dialect))
        case .methodNotAllowed(let allow): return .refuse(.methodNotAllowed(allow))
        case .notFound: return .refuse(.unknownPath)
        }
    }

    /// - Parameter path: what follows `models/`.
    private func plan(forGemini path: String) -> Plan {
        // Under `/v1` only a path that names an action is Google's.
        guard family == .gemini else { return .refuse(.methodNotAllowed([.get, .head, .options])) }
        let query = head.queryItems
        guard let call = GeminiCall(path: path, alt: query["alt"] ?? query["$alt"]) else {
            return .refuse(.unknownPath)
        }
        switch call.action {
        case .generate: return plan(forGemini: call.model, framing: nil)
        case .stream(let framing): return plan(forGemini: call.model, framing: framing)
        case .countTokens:
            return .count(TokenCount(self, dialect: GeminiNative(model: call.model, framing: nil)))
        case .passThrough(let method):
            return .pass(PassThrough(self, method: method, model: call.model))
        }
    }

    private func plan(forGemini model: String, framing: GeminiFraming?) -> Plan {
        .generate(Generation(self, route: .gemini(GeminiNative(model: model, framing: framing))))
    }

    private func plan(_ question: ModelQuestion, about id: String) -> Plan {
        do throws(APIFailure) {
            return .answer(try snapshot.models.answer(question, about: id, to: head, in: family))
        } catch {
            return .refuse(error)
        }
    }

    private func detectModel() async {
        defer { releaseBody() }
        do throws(GenerationEnd) {
            await answer(try detection(try await readBody()))
        } catch {
            switch error {
            case .failed(let failure): await refuse(failure)
            case .stopped: log.error = "client gone"
            }
        }
    }

    private func detection(_ body: [UInt8]) throws(GenerationEnd) -> [UInt8] {
        do throws(APIFailure) {
            let read = try RequestBody(body, contentType: head.fields["content-type"])
            return try ModelDetection.answer(read, router: snapshot.router)
        } catch {
            throw .failed(error)
        }
    }

    /// Answers with an error in place of an answer that has not begun.
    private func refuse(_ failure: APIFailure) async {
        log.status = failure.status(in: family)
        log.error = failure.message
        log.refused(with: failure.response(in: family, requestID: requestID).body)
        await client.respond(failure, in: family, requestID: requestID)
    }

    private func answer(_ count: TokenCount) async {
        switch await count.run() {
        case .counted(let body): await answer(body)
        case .refused(let failure): await refuse(failure)
        case .clientGone: log.error = "client gone"
        }
    }

    private func answer(_ passage: PassThrough) async {
        do throws(GenerationEnd) {
            await answer(try await passage.run())
        } catch {
            switch error {
            case .failed(let failure): await refuse(failure)
            case .stopped(let stop):
                if let failure = stop.failure { await refuse(failure) } else { log.error = "client gone" }
            }
        }
    }

    /// Answers with a document.
    private func answer(_ body: [UInt8]) async {
        log.answered(with: body, contentType: nil)
        await client.respond(documentHead(), body: body)
    }

    private func documentHead() -> ResponseHead {
        var fields = AnswerFields.json
        addIdentity(to: &fields)
        log.status = 200
        return ResponseHead(status: 200, fields: fields)
    }

    @inline(never) private func report() {
        guard isRecorded else { return }
        let context = client.context
        context.outbox.end(log.end(now: EventLoop.now.nanoseconds, allowance: &context.bodyAllowance))
    }

    func addIdentity(to fields: inout HTTPFields) {
        fields.add("x-request-id", requestID)
        fields.add("request-id", requestID)
    }

    /// Stands for the client where a request names no conversation: its address and program, hashed.
    var clientHint: String {
        let text = client.peerText + "\n" + (head.fields["user-agent"] ?? "")
        return String(Hex.encode(SHA256.hash(Array(text.utf8))).prefix(16))
    }
}
