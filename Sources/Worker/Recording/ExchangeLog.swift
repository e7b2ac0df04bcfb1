import APIErrors
import HTTP
import IPC
import Platform
import Translation

/// What one exchange leaves behind for the traffic log and the statistics. A class: it is filled in from several places.
nonisolated final class ExchangeLog {
    let requestID: String
    private let arrivedAtUnixMilliseconds: Int
    private let beganAt: UInt64
    private let method: String
    private let target: String
    private let family: DialectFamily
    private let apiKeyID: String
    private let clientAddress: String
    private let policy: BodyPolicy
    /// HTTP status sent; 0 until one is.
    var status = 0
    var isStream = false
    var clientModel: String?
    var upstreamModel: String?
    var accountID: String?
    var error: String?
    var payloadKind: String?
    private var usage: TokenUsage?
    var bodyDigest: [UInt8]?
    /// Of the last attempt, unless it has been reported already.
    var outcome: AttemptOutcome?
    /// The client's body while it is held anyway; it is looked at only when it is known that it is kept.
    private var heldBody: [UInt8]?
    private var requestBody: [UInt8]?
    private var responseBody: [UInt8]?
    private var digest: StreamDigest?

    /// - Parameter policy: which bodies are kept.
    init(
        head: HTTPRequestHead, requestID: String, family: DialectFamily, apiKeyID: String, clientAddress: String,
        policy: BodyPolicy = .none, now: UInt64
    ) {
        self.requestID = requestID
        self.family = family
        self.apiKeyID = apiKeyID
        self.clientAddress = clientAddress
        self.policy = policy
        arrivedAtUnixMilliseconds = WallClock.unixMilliseconds
        beganAt = now
        method = head.method.name
        target = head.hasQuery ? SecretQuery.hidden(in: head.target) : head.target
    }

    /// The tokens of one of the answers side by side.
    func add(_ more: TokenUsage) {
        if usage == nil { usage = more } else { usage?.addChoice(more) }
    }

    // MARK: Bodies

    /// Bodies of answers that succeed are kept too.
    var keepsAll: Bool { policy.extent == .all }

    func received(_ body: [UInt8]) {
        if policy.extent != .off { heldBody = body }
    }

    /// The client's body is not held any longer. It is kept if the request has failed until now, or if all are.
    func released(contentType: @autoclosure () -> String?) {
        guard let body = heldBody else { return }
        heldBody = nil
        guard keepsAll || error != nil, !body.isEmpty else { return }
        requestBody = StoredBody.request(body, contentType: contentType(), sizeMaxBytes: policy.sizeMaxBytes)
    }

    /// A refusal, in the form in which the client gets it. What is said to somebody without the key is not kept.
    func refused(with body: @autoclosure () -> [UInt8]) {
        guard policy.extent != .off, status != 401 else { return }
        responseBody = StoredBody.text(body(), sizeMaxBytes: policy.sizeMaxBytes)
    }

    /// The whole body of a success.
    func answered(with body: [UInt8], contentType: String?) {
        guard keepsAll else { return }
        responseBody = StoredBody.response(body, contentType: contentType, sizeMaxBytes: policy.sizeMaxBytes)
    }

    /// Events of a stream that are on their way to the client.
    func streamed(_ events: [GenerationEvent]) {
        guard keepsAll else { return }
        if digest == nil { digest = StreamDigest(sizeMaxBytes: policy.sizeMaxBytes) }
        for event in events { digest?.take(event) }
    }

    // MARK: The report

    /// The number is the outbox's business.
    func end(now: UInt64, allowance: inout BodyAllowance) -> ExchangeEnd {
        let bodies = policy.extent == .off ? nil : takeBodies(now: now, allowance: &allowance)
        let record = ExchangeRecord(
            arrivedAtUnixMilliseconds: UInt64(clamping: arrivedAtUnixMilliseconds), method: method, target: target,
            status: UInt32(clamping: status),
            durationMilliseconds: UInt32(clamping: (now - min(now, beganAt)) / 1_000_000),
            clientModel: clientModel, upstreamModel: upstreamModel, accountID: accountID, apiKeyID: apiKeyID,
            family: family.rawValue, isStream: isStream, clientAddress: clientAddress, error: error,
            inputTokens: usage.map { UInt32(clamping: $0.prompt) },
            outputTokens: usage.map { UInt32(clamping: $0.output) }, payloadKind: payloadKind,
            requestBody: bodies?.request, responseBody: bodies?.response)
        return ExchangeEnd(
            number: 0, requestID: requestID, bodyDigest: bodyDigest, outcome: outcome.take(), record: record)
    }

    /// What is kept of the bodies; each one is empty where the allowance does not reach.
    private func takeBodies(
        now: UInt64, allowance: inout BodyAllowance
    ) -> (request: [UInt8]?, response: [UInt8]?)? {
        if let bytes = digest?.bytes { responseBody = StoredBody.text(bytes, sizeMaxBytes: policy.sizeMaxBytes) }
        // A stream that broke after a status of success is no refusal.
        guard keepsAll || status >= 400 else { return nil }
        let count = (requestBody?.count ?? 0) + (responseBody?.count ?? 0)
        guard count > 0 else { return nil }
        let isAllowed = allowance.take(count, now: now)
        return (requestBody.map { isAllowed ? $0 : [] }, responseBody.map { isAllowed ? $0 : [] })
    }
}
