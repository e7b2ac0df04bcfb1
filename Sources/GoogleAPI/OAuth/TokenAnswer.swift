import JSON

/// What the token endpoint gave (RFC 6749, section 5.1).
public struct TokenAnswer: Sendable, Equatable {
    public let accessToken: String
    /// Seconds of validity, counted from the arrival of the answer, at most `expiresInSecondsMax`.
    public let expiresInSeconds: Int
    /// Normally missing in the answer to a refresh: then the old one stays valid. If one comes, it replaces the old one.
    public let refreshToken: String?
    public let scope: String?
    public let tokenType: String

    /// Validity assumed when the answer names none; Google's tokens live for an hour.
    public static let expiresInSecondsDefault = 3599
    /// Ten years: whatever an answer claims beyond that counts as so much.
    public static let expiresInSecondsMax = 315_360_000

    /// Nil if the document holds no access token.
    public init?(_ document: JSONDocument) {
        let root = document.root
        guard let accessToken = root["access_token"]?.filledString else { return nil }
        self.accessToken = accessToken
        let seconds = root["expires_in"]?.lenientInt ?? Self.expiresInSecondsDefault
        expiresInSeconds = min(max(0, seconds), Self.expiresInSecondsMax)
        refreshToken = root["refresh_token"]?.filledString
        scope = root["scope"]?.filledString
        tokenType = root["token_type"]?.filledString ?? "Bearer"
    }
}
