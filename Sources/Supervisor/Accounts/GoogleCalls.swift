import GoogleAPI
import HTTP
import JSON
import Platform
import Transport

/// What a call to Google came back with.
nonisolated struct GoogleReply: Sendable {
    /// HTTP status; 0 when no answer came.
    let status: Int
    let body: [UInt8]
    let retryAfter: String?
    /// No answer came within the call's time.
    let isTimeout: Bool

    /// The body of a 200 as JSON; nil for anything else.
    var document: JSONDocument? {
        guard status == 200 else { return nil }
        return try? JSONDocument(parsing: body)  // an answer that is no JSON is no answer; the caller says so
    }
}

/// The supervisor's own calls to Google: tokens, who an account is, its project, its models. Each has a time limit and a
/// bound on its answer; nothing here decides what an answer means.
final class GoogleCalls {
    /// How calls are made; changes with the configuration.
    struct Options: Equatable, Sendable {
        var addresses: GoogleAddresses
        var userAgent: String
        var client: ClientOptions
    }

    private(set) var options: Options
    private var client: HTTPClient

    static let tokenLimit = Duration.seconds(60)
    static let limit = Duration.seconds(15)
    /// Answers are a few kilobytes; the model list some dozens.
    static let answerSizeMaxBytes = 4 << 20

    init(options: Options) {
        self.options = options
        client = HTTPClient(options: options.client)
    }

    /// Calls from now on go by the new options; those under way end as they began.
    func change(to new: Options) {
        if new.client != options.client { client = HTTPClient(options: new.client) }
        options = new
    }

    /// One call of the token endpoint; also says whether it failed for lack of time.
    func token(_ request: TokenRequest, _ client: OAuthClient) async -> (outcome: TokenOutcome, isTimeout: Bool) {
        let reply = await send(
            .post, options.addresses.tokenURL, [("Content-Type", TokenRequest.contentType)], request.form(client),
            within: Self.tokenLimit)
        return (TokenOutcome.decode(status: reply.status, body: reply.body), reply.isTimeout)
    }

    func userinfo(accessToken: String) async -> GoogleReply {
        await send(.get, options.addresses.userinfoURL, [("Authorization", "Bearer \(accessToken)")], [])
    }

    /// Whether an API key opens the public API.
    func models(apiKey: String) async -> GoogleReply {
        await send(.get, options.addresses.geminiBase + "/v1beta/models?pageSize=1", [("x-goog-api-key", apiKey)], [])
    }

    /// Calls a Code Assist method at one base after the other, as long as the base itself is the trouble.
    func codeAssist(_ method: String, _ body: [UInt8], accessToken: String) async -> GoogleReply {
        var reply = GoogleReply(status: 0, body: [], retryAfter: nil, isTimeout: false)
        for base in options.addresses.codeAssistBases.indices {
            reply = await send(
                .post, options.addresses.codeAssist(base: base, method: method),
                [("Authorization", "Bearer \(accessToken)"), ("Content-Type", "application/json")], body)
            guard isTroubleOfBase(reply) else { return reply }
        }
        return reply
    }

    /// The state of an onboarding operation at the first base.
    func operation(_ name: String, accessToken: String) async -> GoogleReply {
        await send(
            .get, options.addresses.operation(base: 0, name: name), [("Authorization", "Bearer \(accessToken)")], [])
    }

    private func isTroubleOfBase(_ reply: GoogleReply) -> Bool {
        let outcome = classify(
            phase: reply.status == 0 ? .connect : .answer, status: reply.status, retryAfterHeader: reply.retryAfter,
            body: reply.body, now: WallClock.unixMilliseconds
        ).outcome
        return [.network, .capacity, .overloaded, .server].contains(outcome)
    }

    private func send(
        _ method: HTTPMethod, _ url: String, _ fields: [(name: String, value: String)], _ body: [UInt8],
        within limit: Duration = GoogleCalls.limit
    ) async -> GoogleReply {
        let request = ClientRequest(
            method: method, url: url,
            fields: fields + [
                (name: "User-Agent", value: options.userAgent), (name: "Accept", value: "application/json"),
            ],
            body: body)
        let exchange = client.start(request)
        var isTimeout = false
        let timer = LoopTimer {
            isTimeout = true
            exchange.cancel()
        }
        timer.set(after: limit)
        defer { timer.cancel() }
        do throws(ClientError) {
            let head = try await exchange.head()
            let body = try await exchange.collect(sizeMaxBytes: Self.answerSizeMaxBytes)
            return GoogleReply(
                status: head.status, body: body, retryAfter: exchange.field("Retry-After"), isTimeout: false)
        } catch {
            // A broken answer is no answer; which way it broke is in the debug log only.
            Log.debug("google-call-failed", "a call to Google failed", ["reason": "\(error)", "timeout": isTimeout])
            return GoogleReply(status: 0, body: [], retryAfter: nil, isTimeout: isTimeout || error == .timeout)
        }
    }
}
