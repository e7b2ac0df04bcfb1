/// The login that the editor keeps in its state database, as its versions have written it: base64 of a message, in two
/// layouts, the newer one also with a nesting that other programs got wrong. Fixtures: EditorLoginTests.
nonisolated enum EditorLogin {
    /// Keys of the table, in the order in which they are looked for.
    static let newKey = "antigravityUnifiedStateSync.oauthToken"
    static let oldKey = "jetskiStateSync.agentManagerInitState"
    static let projectKey = "antigravityUnifiedStateSync.enterprisePreferences"

    /// Of the older layout: field 6 of the message is the token.
    static func refreshToken(old value: String) -> String? {
        message(value)?.bytes(6).flatMap { refreshToken($0) }
    }

    /// Whose login it is, as the older layout says.
    static func email(old value: String) -> String? { message(value)?.text(2) }

    /// Of the newer layout: a map of one entry. Its value is a row that holds the token as base64; some programs put the
    /// token, or its base64, in the row's place.
    static func refreshToken(new value: String) -> String? {
        guard let entry = entry("oauthTokenInfoSentinelKey", in: value) else { return nil }
        if let token = row(entry).flatMap({ refreshToken($0) }) ?? refreshToken(entry) { return token }
        return Base64Text.decode(entry).flatMap { refreshToken($0) }
    }

    /// The Google Cloud project that a company sets for its people.
    static func project(_ value: String) -> String? {
        entry("enterpriseGcpProjectId", in: value).flatMap(row).flatMap { ProtobufMessage($0) }?.text(3)
    }

    private static func message(_ value: String) -> ProtobufMessage? {
        Base64Text.decode(value.utf8).flatMap { ProtobufMessage($0) }
    }

    /// The value under a key of the map.
    private static func entry(_ key: String, in value: String) -> [UInt8]? {
        for bytes in message(value)?.all(1) ?? [] {
            guard let entry = ProtobufMessage(bytes), entry.text(1) == key else { continue }
            return entry.bytes(2)
        }
        return nil
    }

    /// What a row holds as base64.
    private static func row(_ bytes: [UInt8]) -> [UInt8]? {
        ProtobufMessage(bytes)?.bytes(1).flatMap { Base64Text.decode($0) }
    }

    /// OAuthTokenInfo: 1 access token, 2 type, 3 refresh token, 4 expiry.
    private static func refreshToken(_ bytes: [UInt8]) -> String? { ProtobufMessage(bytes)?.text(3) }
}
