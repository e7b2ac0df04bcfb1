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
    /// HTTP status sent; 0 until one is.
    var status = 0
    var isStream = false
    var clientModel: String?
    var upstreamModel: String?
    var accountID: String?
    var error: String?
    private var usage: TokenUsage?
    var bodyDigest: [UInt8]?
    /// Of the last attempt, unless it has been reported already.
    var outcome: AttemptOutcome?

    init(
        head: HTTPRequestHead, requestID: String, family: DialectFamily, apiKeyID: String, clientAddress: String,
        now: UInt64
    ) {
        self.requestID = requestID
        self.family = family
        self.apiKeyID = apiKeyID
        self.clientAddress = clientAddress
        arrivedAtUnixMilliseconds = WallClock.unixMilliseconds
        beganAt = now
        method = head.method.name
        target = SecretQuery.hidden(in: head.target)
    }

    /// The tokens of one of the answers side by side.
    func add(_ more: TokenUsage) {
        if usage == nil { usage = more } else { usage?.addChoice(more) }
    }

    /// The number is the outbox's business.
    func end(now: UInt64) -> ExchangeEnd {
        let record = ExchangeRecord(
            arrivedAtUnixMilliseconds: UInt64(clamping: arrivedAtUnixMilliseconds), method: method, target: target,
            status: UInt32(clamping: status),
            durationMilliseconds: UInt32(clamping: (now - min(now, beganAt)) / 1_000_000),
            clientModel: clientModel, upstreamModel: upstreamModel, accountID: accountID, apiKeyID: apiKeyID,
            family: family.rawValue, isStream: isStream, clientAddress: clientAddress, error: error,
            inputTokens: usage.map { UInt32(clamping: $0.prompt) },
            outputTokens: usage.map { UInt32(clamping: $0.output) })
        return ExchangeEnd(number: 0, requestID: requestID, bodyDigest: bodyDigest, outcome: outcome, record: record)
    }
}
