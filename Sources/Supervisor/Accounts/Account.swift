import JSON
import Scheduling

/// One of the operator's accounts, as stored. Holds secrets: never printed, never in an answer or a log line.
nonisolated struct Account: Sendable, Equatable {
    /// Never changes, also when the same mailbox is added again.
    let id: String
    let kind: AccountKind
    /// The mailbox, spelled as first seen; for an API key its label.
    let email: String
    var name: String?
    /// Nil for an API key.
    var token: AccountToken?
    var apiKey: String?
    /// Google Cloud project of the account's calls; nil: calls go without one.
    var projectID: String?
    /// Why the service took it out of use, and when; nil while its credentials are good.
    var disabled: Disabling?
    /// The operator took it out of AI traffic.
    var proxyDisabled: Disabling?
    let createdAt: Int
    /// Moves when the account is added again or made current, not with each request.
    var lastUsed: Int
    var quota: QuotaRecord?
    var protectedModels: [String] = []
    var deviceProfile: DeviceProfile?

    nonisolated struct Disabling: Sendable, Equatable {
        let reason: String?
        /// Seconds since 1970.
        let at: Int
    }

    /// The form in which an e-mail or label is unique.
    static func key(of email: String) -> String { email.trimmed.lowercased() }

    /// A member of the pool: it may serve AI requests.
    var isPooled: Bool { disabled == nil && proxyDisabled == nil }

    /// Enough to tell accounts apart in a log line.
    var shortID: String { String(id.prefix(8)) }

    /// - Parameter snapshot: the quota record on the scheduler's clock.
    func facts(_ snapshot: QuotaSnapshot?) -> AccountFacts {
        AccountFacts(
            id: id, kind: kind, isDisabled: disabled != nil, isProxyDisabled: proxyDisabled != nil,
            tier: quota?.subscriptionTier, quota: snapshot)
    }
}

/// The OAuth credentials of an account.
nonisolated struct AccountToken: Sendable, Equatable {
    var accessToken: String
    var refreshToken: String
    var tokenType: String
    var expiresInSeconds: Int
    /// Seconds since 1970.
    var expiresAt: Int

    /// An access token with less life than this is refreshed before it is used.
    static let freshSecondsMin = 300
    /// An old token with more life than this still serves when a refresh does not come through.
    static let usableSecondsMin = 10

    func isFresh(now: Int) -> Bool { Self.isFresh(expiresAt, now: now) }
    static func isFresh(_ expiresAt: Int, now: Int) -> Bool { expiresAt - now > freshSecondsMin }
    func isUsable(now: Int) -> Bool { expiresAt - now > Self.usableSecondsMin }
}

/// What Google last said about the quota of an account.
nonisolated struct QuotaRecord: Sendable, Equatable {
    struct Model: Sendable, Equatable {
        let name: String
        /// Remaining per cent, 0...100.
        let percentage: Int
        /// RFC 3339 as it came; empty if unknown.
        let resetTime: String
    }
    /// Sorted by name.
    var models: [Model]
    /// Seconds since 1970.
    var lastUpdated: Int
    /// Google refuses the service to this mailbox.
    var isForbidden: Bool
    /// The tier's id as Google names it.
    var subscriptionTier: String?
}
