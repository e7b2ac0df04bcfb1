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
    /// The collection as it was before the attempt under way.
    private var checkpoint: (any AnswerEncoder)?
    private(set) var isStarted = false
    private(set) var isCommitted = false
    /// The exchange waits for the client to take what is queued: it hears enough.
    private var isFlushing = false
    /// A sign of life on its way; whoever writes next waits for it, since one task at a time waits for the client.
    private var signOfLife: Task<Void, Never>?
    /// Facts of the lease that the head of the answer shows.
    private var upstreamModel: String?
    private var accountLabel: String?

    init(_ exchange: Exchange) { self.exchange = exchange }

    func begin(_ request: GenerationRequest, dialect: any ClientDialect) {
        let context = AnswerContext(
            id: dialect.answerID(Identifiers.alphanumerics), created: WallClock.unixSeconds, request: request,
            identifiers: Identifiers.alphanumerics)
        if request.streams {
            stream = dialect.makeStreamEncoder(context)
        } else {
            collection = dialect.makeAnswerEncoder(context)
        }
    }

    /// Says outright that nothing here needs the loop to be freed: one is freed per request.
    nonisolated deinit {}

    /// Whether the dialect knows signs of life at all.
    var hasHeartbeat: Bool { stream?.heartbeat.isEmpty == false }

    /// Nothing of an earlier attempt stays.
    func beginAttempt(_ lease: LeaseTerms) {
        upstreamModel = lease.upstreamModel
        accountLabel = lease.accountLabel
        if let checkpoint { collection = checkpoint }
        checkpoint = collection
    }

    /// The attempt under way is complete: what comes next is another choice.
    func endAttempt() { checkpoint = nil }

    /// Takes events that may go out: at least one of them, or one before them, is content.
    /// - Returns: false if the client is gone.
    func take(_ events: [GenerationEvent], choice: Int) async -> Bool {
        guard stream != nil else {
            for event in events { collection?.collect(event, choice: choice) }
            return true
        }
        start()
        isCommitted = true
        let context = exchange.client.context
        for event in events { stream?.encode(event, choice: choice, into: &context.scratch) }
        return await send()
    }

    /// The answer is complete.
    func finish() async {
        let client = exchange.client
        guard stream != nil else {
            guard let body = collection?.finish() else { return }
            var fields = AnswerFields.json
            addFacts(to: &fields)
            exchange.log.status = 200
            await client.respond(ResponseHead(status: 200, fields: fields), body: body)
            return
        }
        start()
        stream?.finish(into: &client.context.scratch)
        await end()
    }

    /// The answer breaks off after its head: the dialect's error event, and the end.
    func fail(_ failure: APIFailure) async {
        stream?.fail(failure, requestID: exchange.requestID, into: &exchange.client.context.scratch)
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
        var fields = AnswerFields.stream
        addFacts(to: &fields)
        exchange.log.status = 200
        let connection = exchange.client.connection
        exchange.client.slot.streaming(
            framing: exchange.head.minorVersion == 0 ? .untilClose : .chunked, keepsAlive: connection.mayKeepAlive)
        connection.startStream(ResponseHead(status: 200, fields: fields))
    }

    private func send() async -> Bool {
        let client = exchange.client
        client.connection.write(client.context.scratch)
        client.context.scratch.removeAll(keepingCapacity: true)
        isFlushing = true
        await awaitSignOfLife()
        let isThere = await client.connection.flush()
        isFlushing = false
        client.control.sent(at: EventLoop.now.nanoseconds)
        return isThere
    }

    private func end() async {
        let client = exchange.client
        client.connection.write(client.context.scratch)
        client.context.scratch.removeAll(keepingCapacity: true)
        isFlushing = true
        await awaitSignOfLife()
        await client.connection.endStream()
    }

    private func awaitSignOfLife() async {
        guard let signOfLife else { return }
        await signOfLife.value
        self.signOfLife = nil
    }

    private func addFacts(to fields: inout HTTPFields) {
        exchange.addIdentity(to: &fields)
        if let upstreamModel { fields.add("X-Mapped-Model", upstreamModel) }
        if let accountLabel { fields.add("X-Account-Email", accountLabel) }
    }
}
