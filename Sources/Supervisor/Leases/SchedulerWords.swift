import GoogleAPI
import IPC
import Platform
import Scheduling

// What workers say and hear, in the words of the scheduler.

extension SchedulerInstant {
    /// The process's monotonic clock.
    nonisolated static var now: SchedulerInstant { SchedulerInstant(.now) }

    /// The same clock as the loop has read it: nearly every message asks for it, and all of a turn came at once.
    static var thisTurn: SchedulerInstant { SchedulerInstant(EventLoop.now) }

    private nonisolated init(_ instant: MonotonicInstant) {
        self.init(milliseconds: Int(instant.nanoseconds / 1_000_000))
    }
}

nonisolated extension LeaseAsk {
    convenience init(_ message: borrowing LeaseRequest, worker: Int) {
        self.init(
            requestID: message.requestID, attempt: Int(message.attempt), worker: worker,
            operation: LeaseOperation(rawValue: message.operation.rawValue) ?? .generate,
            isBackground: message.priority == .background, apiKeyID: message.apiKeyID,
            upstreamModel: message.upstreamModel,
            sessions: Self.sessions(message.sessionKey, message.sessionAliases),
            clientHint: message.clientHint, bodyDigest: message.bodyDigest, pinnedAccount: message.pinnedAccount,
            scheduleMillisecondsLeft: Int(message.scheduleMillisecondsLeft),
            totalMillisecondsLeft: Int(message.totalMillisecondsLeft))
    }

    private static func sessions(_ key: String?, _ aliases: [String]) -> [String] {
        guard let key else { return aliases }
        return aliases.isEmpty ? [key] : [key] + aliases
    }
}

nonisolated extension AttemptReport {
    init(_ outcome: AttemptOutcome, of requestID: String, worker: Int, wantsNext: Bool) {
        self.init(
            requestID: requestID, lease: outcome.leaseID, worker: worker,
            attemptClass: AttemptClass(wire: outcome.outcomeClass),
            retryAfterMilliseconds: (outcome.resetAfterMilliseconds ?? outcome.retryAfterMilliseconds).map {
                Int(clamping: $0)
            }, errorModel: outcome.errorModel, validationURL: outcome.validationURL.flatMap(Self.ownersPage),
            isPermanent: Self.isPermanent(outcome.excerpt), hasCommittedContent: outcome.isContentCommitted,
            wantsNext: wantsNext)
    }
}

nonisolated extension AttemptReport {
    /// The page where an owner confirms an account: only Google's own, only encrypted.
    static func ownersPage(_ text: String) -> String? {
        let scheme = "https://"
        guard text.hasPrefix(scheme) else { return nil }
        let host = text.dropFirst(scheme.count).prefix { !"/?#".contains($0) }
        return host == "google.com" || host.hasSuffix(".google.com") && !host.contains("@") ? text : nil
    }

    /// Google says outright that an account is out for good.
    static func isPermanent(_ text: String) -> Bool {
        // Almost every outcome is a success without a word: searching nothing took a tenth of the supervisor's time.
        guard !text.isEmpty else { return false }
        let text = text.lowercased()
        return text.contains("terms of service") && (text.contains("disabled") || text.contains("suspended"))
    }
}

nonisolated extension LeaseWait.Reason {
    init(_ reason: WaitReason) {
        switch reason {
        case .busy: self = .inFlightLimit
        case .rate, .quota: self = .cooling
        case .capacity, .model: self = .other
        }
    }
}
