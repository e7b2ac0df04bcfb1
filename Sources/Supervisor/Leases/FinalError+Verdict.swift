import APIErrors
import IPC
import Scheduling

nonisolated extension FinalError {
    /// The last word on a request as the worker renders it.
    ///
    /// - Parameter upstreamText: what Google said of the last attempt, fit for clients; shown where the request itself is
    ///   at fault, since only Google knows what is wrong with it.
    init(_ verdict: FinalVerdict, upstreamText: String) {
        let row = Self.row(verdict.reason)
        let isTold = row.showsUpstreamText && !upstreamText.isEmpty
        let seconds = verdict.retryAfterMilliseconds.map { max(1, ($0 + 999) / 1000) }
        self.init(
            situation: row.situation.rawValue, source: row.source.rawValue, message: isTold ? upstreamText : row.text,
            retryAfterSeconds: seconds.map { UInt32(clamping: $0) },
            shouldRetry: seconds.flatMap { $0 > APIFailure.retryAfterSecondsMax ? false : nil })
    }

    private struct Row {
        let situation: Situation
        let source: APIFailure.Source
        let text: String
        var showsUpstreamText = false
    }

    private static func row(_ reason: FinalReason) -> Row {
        switch reason {
        case .noAccounts: Row(situation: .noAccounts, source: .gateway, text: "No account is configured.")
        case .accountsUnusable:
            Row(situation: .accountsUnusable, source: .gateway, text: "No account can be used; each needs its owner.")
        case .clientRefused:
            Row(
                situation: .accountsUnusable, source: .gateway,
                text: "Google refuses the gateway's OAuth client, or none is set: its operator must mend the settings.")
        case .operationUnsupported:
            Row(situation: .notImplemented, source: .gateway, text: "No account of the kind that this needs.")
        case .busy: Row(situation: .busy, source: .gateway, text: "Too many requests at once.")
        case .rateLimited:
            Row(
                situation: .allAccountsLimited, source: .upstream, text: "Every account is rate limited for this model."
            )
        case .quotaExhausted:
            Row(situation: .quotaExhausted, source: .upstream, text: "The quota for this model is used up.")
        case .requestRejected:
            Row(situation: .requestRejected, source: .upstream, text: "The upstream refuses this request for a while.")
        case .overloaded: Row(situation: .overloaded, source: .upstream, text: "The upstream is overloaded.")
        case .serverError: Row(situation: .upstreamError, source: .upstream, text: "The upstream failed.")
        case .unreachable:
            Row(situation: .upstreamUnreachable, source: .gateway, text: "The upstream gave no answer.")
        case .timeout: Row(situation: .upstreamTimeout, source: .gateway, text: "The upstream took too long.")
        case .modelNotFound:
            Row(
                situation: .modelNotFound, source: .upstream, text: "The model does not exist.", showsUpstreamText: true
            )
        case .badRequest:
            Row(
                situation: .badRequest, source: .upstream, text: "The upstream refuses this request.",
                showsUpstreamText: true)
        case .tooLong:
            Row(
                situation: .contextTooLong, source: .upstream, text: "The prompt is too long for the model.",
                showsUpstreamText: true)
        case .locationBlocked:
            Row(
                situation: .locationBlocked, source: .upstream, text: "The upstream does not serve this location.",
                showsUpstreamText: true)
        case .notice:
            Row(
                situation: .upstreamError, source: .upstream, text: "The upstream answered with a notice.",
                showsUpstreamText: true)
        }
    }
}
