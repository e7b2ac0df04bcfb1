import APIErrors
import HTTP
import IPC
import Platform
import Translation
import Transport

/// Where the events of an answer go: a stream to the client, or a collection that becomes one body.
///
/// Two facts rule retrying: `isStarted` (status and head are on their way) and `isCommitted` (content is).
final class AnswerSink {
    private unowned let exchange: Exchange
    private var stream: (any StreamEncoder)?
    private var collection: (any AnswerEncoder)?
    /// Which of the two there is: asking them costs a copy.
    private var isStream = false
    /// The collection holds something of the attempt under way.
    private var hasCollected = false
    /// What answers side by side share; nil when there is one.
    private var choices: ChoiceShare?
    private(set) var isStarted = false
    private(set) var isCommitted = false
    /// The exchange waits for the client to take what is queued: it hears enough.
    private var isFlushing = false
    /// Bytes were queued since the last `send`. An event need not make any, and silence must not count as a sign of life.
    private var hasQueued = false
    /// A sign of life on its way; whoever writes next waits for it, since one task at a time waits for the client.
    private var signOfLife: Task<Void, Never>?
    /// Its facts stand in the head of the answer.
    private var lease: HeldLease?
    /// The model that is asked, as the upstream calls it.
    private var upstreamModel = ""
    /// What the dialect adds to the head.
    private var answerFields: [GenerationRequest.AnswerField] = []
    /// The head of the stream, written while the upstream is awaited.
    private var streamFields: HTTPFields?

    init(_ exchange: Exchange) { self.exchange = exchange }

    func begin(_ request: GenerationRequest, dialect: any ClientDialect) {
        answerFields = request.answerFields
        isStream = request.streams
        if request.choiceCount > 1 { choices = ChoiceShare(count: request.choiceCount) }
        makeEncoder(request, dialect)
    }

    private func makeEncoder(_ request: GenerationRequest, _ dialect: any ClientDialect) {
        var context = AnswerContext(
            id: dialect.answerID(Identifiers.alphanumerics), created: WallClock.unixSeconds, request: request,
            identifiers: Identifiers.alphanumerics)
        context.appendsSources = exchange.snapshot.document.translation.appendsSources
        if isStream {
            stream = dialect.makeStreamEncoder(context, for: request)
        } else {
            collection = dialect.makeAnswerEncoder(context, for: request)
        }
    }

    /// Says outright that nothing here needs the loop to be freed: one is freed per request.
    nonisolated deinit {}

    /// Whether the dialect knows signs of life at all.
    var hasHeartbeat: Bool { isStream && stream?.heartbeat.isEmpty == false }

    /// The request is on its way to the upstream. Nothing of an earlier attempt at this choice stays: what it has collected is
    /// collected anew.
    func beginAttempt(
        _ lease: HeldLease, model: String, choice: Int, for request: GenerationRequest, dialect: any ClientDialect
    ) {
        self.lease = lease
        upstreamModel = model
        if isStream, !isStarted { streamFields = headOfStream() }
        if let choices { return choices.drop(choice) }
        if hasCollected { makeEncoder(request, dialect) }
        hasCollected = false
    }

    /// The answer to this choice is complete.
    func endAttempt(choice: Int) {
        if let choices { collection?.collect(choices.take(choice), choice: choice) }
    }

    /// Takes events that may go out: at least one of them, or one before them, is content. `send` follows.
    @inline(never) func take(_ events: [GenerationEvent], choice: Int) {
        guard isStream else {
            if let choices { return choices.keep(events, of: choice) }
            hasCollected = true
            collection?.collect(events, choice: choice)
            return
        }
        start()
        isCommitted = true
        exchange.log.streamed(events)
        stream?.encode(events, choice: choice, into: &exchange.client.context.scratch)
        queueScratch()
    }

    /// Sends what was taken, if nobody has to be waited for; else nil, and `send` goes on.
    /// - Returns: false if the client is gone.
    func sendAtOnce() -> Bool? {
        guard isStarted else { return true }
        guard choices == nil, signOfLife == nil else { return nil }
        let connection = exchange.client.connection
        connection.flushAtOnce()
        guard !connection.isBehind else { return nil }
        noteSent()
        return !connection.isPeerGone
    }

    /// Sends what was taken; waits while the client is behind.
    /// - Returns: false if the client is gone.
    func send() async -> Bool {
        guard isStarted else { return true }
        if let choices { while isFlushing { await choices.waitForTurn() } }
        isFlushing = true
        if let signOfLife { await signOfLife.value }
        signOfLife = nil
        let isThere = await exchange.client.connection.flush()
        isFlushing = false
        choices?.nextTurn()
        noteSent()
        return isThere
    }

    private func noteSent() {
        if hasQueued { exchange.client.control.sent(at: EventLoop.now.nanoseconds) }
        hasQueued = false
    }

    /// What came of `finish`.
    enum Finish {
        case done
        /// The client has to be waited for, by `drain`.
        case behind
        /// The dialect has no success for what was collected: the client gets this refusal.
        indirect case refused(APIFailure)
    }

    /// The answer is complete: what is left of it goes out.
    @inline(never) func finish() -> Finish {
        let connection = exchange.client.connection
        if !isStream {
            if let refusal = answerWhole() { return .refused(refusal) }
        } else {
            finishStream()
            guard signOfLife == nil else { return .behind }
            connection.endStreamAtOnce()
        }
        return connection.isBehind ? .behind : .done
    }

    /// Waits until the client has got the rest of a finished answer, or is gone.
    func drain() async {
        if isStream { await end() }
        if exchange.client.connection.isBehind { await exchange.client.connection.catchUp() }
    }

    /// The answer breaks off after its head: the dialect's error event, and the end.
    func fail(_ failure: APIFailure) async {
        failStream(failure)
        await end()
    }

    /// The client has heard nothing for long enough. Called by the timer, outside any task.
    func heartbeat() {
        guard let bytes = stream?.heartbeat, !isFlushing else { return }
        start()
        let connection = exchange.client.connection
        connection.write(bytes)
        signOfLife = Task { await connection.flush() }
    }

    private func start() {
        guard !isStarted else { return }
        isStarted = true
        hasQueued = true
        let fields = streamFields ?? headOfStream()
        streamFields = nil
        exchange.log.status = 200
        let connection = exchange.client.connection
        exchange.client.slot.streaming(
            framing: AnswerFraming(
                isChunked: exchange.head.minorVersion != 0, isArray: stream?.isArray ?? false),
            isResponse: stream?.isResponse ?? false, keepsAlive: connection.mayKeepAlive)
        connection.startStream(ResponseHead(status: 200, fields: fields))
    }

    private func headOfStream() -> HTTPFields {
        var fields = AnswerFields.stream(stream?.contentType)
        addFacts(to: &fields)
        return fields
    }

    private func answerWhole() -> APIFailure? {
        switch wholeAnswer() {
        case .answer(let head, let body):
            exchange.client.respondAtOnce(head, body: body)
        case .refusal(let failure): return failure
        case nil: break
        }
        return nil
    }

    private enum Whole {
        case answer(ResponseHead, [UInt8])
        case refusal(APIFailure)
    }

    private func wholeAnswer() -> Whole? {
        guard let collection else { return nil }
        let body: [UInt8]
        do throws(APIFailure) { body = try collection.finish() } catch { return .refusal(error) }
        let contentType = collection.contentType
        var fields = AnswerFields.whole(contentType)
        addFacts(to: &fields)
        exchange.log.status = 200
        exchange.log.answered(with: body, contentType: contentType)
        return .answer(ResponseHead(status: 200, fields: fields), body)
    }

    private func finishStream() {
        start()
        stream?.finish(into: &exchange.client.context.scratch)
        queueScratch()
    }

    @inline(never) private func failStream(_ failure: APIFailure) {
        stream?.fail(failure, requestID: exchange.requestID, into: &exchange.client.context.scratch)
        queueScratch()
    }

    private func queueScratch() {
        let client = exchange.client
        guard !client.context.scratch.isEmpty else { return }
        hasQueued = true
        client.connection.write(client.context.scratch)
        client.context.scratch.removeAll(keepingCapacity: true)
    }

    private func end() async {
        isFlushing = true
        if let signOfLife { await signOfLife.value }
        signOfLife = nil
        await exchange.client.connection.endStream()
    }

    private func addFacts(to fields: inout HTTPFields) {
        fields.reserve(fieldCount: 4 + answerFields.count, sizeBytes: 256)
        exchange.addIdentity(to: &fields)
        for field in answerFields { fields.add(field.name, field.value) }
        guard let lease else { return }
        fields.add("X-Mapped-Model", upstreamModel)
        if let label = lease.terms.accountLabel { fields.add("X-Account-Email", label) }
    }
}
