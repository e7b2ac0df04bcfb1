import HTTP

/// Every delay that an upstream answer names, in milliseconds, and the choice between them.
struct UpstreamDelays {
    private var found: [(source: DelaySource, milliseconds: Int)] = []

    init(_ body: UpstreamErrorBody, retryAfterHeader: String?, nowUnixMilliseconds now: Int) {
        if let header = retryAfterHeader { add(.header, Self.header(header, now)) }
        for text in body.retryDelays { add(.retryInfo, DelayGrammar.parse(text)) }
        if let text = body.metadata("quotaResetTimeStamp") {
            add(.resetTimestamp, UTCTimestamp.parse(text).map { $0 - now })
        }
        if let text = body.metadata("quotaResetDelay") { add(.resetDelay, DelayGrammar.parse(text)) }
        if let seconds = body.retryAfterSeconds { add(.errorMember, DelayGrammar.seconds(seconds)) }
        add(.message, DelayPhrase.find(in: body.message))
    }

    typealias Choice = (source: DelaySource, milliseconds: Int)

    /// For a used-up window: the longest of all.
    var longest: Choice? { found.max { $0.milliseconds < $1.milliseconds } }

    /// For short limits and trouble on Google's side: what RetryInfo says, else the longest.
    var retryInfoFirst: Choice? { found.first { $0.source == .retryInfo } ?? longest }

    /// A delay below zero, or a time that has passed, is no delay.
    private mutating func add(_ source: DelaySource, _ milliseconds: Int?) {
        guard let milliseconds, milliseconds >= 0 else { return }
        found.append((source, min(milliseconds, DelayGrammar.delayMaxMilliseconds)))
    }

    /// `Retry-After`: seconds or an HTTP date (RFC 9110, section 10.2.3).
    private static func header(_ text: String, _ now: Int) -> Int? {
        DelayGrammar.seconds(text) ?? HTTPDate.parse(text).map { $0 * 1000 - now }
    }
}
