/// A call of the token endpoint (RFC 6749, sections 4.1.3 and 6).
public enum TokenRequest: Sendable, Equatable {
    case refresh(refreshToken: String)
    /// `redirectURI` must equal the one of the consent page byte for byte.
    case code(String, redirectURI: String, codeVerifier: String? = nil)

    /// Content type of `form`.
    public static let contentType = FormEncoding.contentType

    /// The body to POST to `GoogleAddresses.tokenURL`.
    public func form(_ client: OAuthClient) -> [UInt8] {
        var fields: [(name: String, value: String)] = [("client_id", client.id), ("client_secret", client.secret)]
        switch self {
        case .refresh(let refreshToken):
            fields += [("refresh_token", refreshToken), ("grant_type", "refresh_token")]
        case .code(let code, let redirectURI, let codeVerifier):
            fields += [("code", code), ("redirect_uri", redirectURI), ("grant_type", "authorization_code")]
            if let codeVerifier { fields.append(("code_verifier", codeVerifier)) }
        }
        return [UInt8](FormEncoding.encode(fields).utf8)
    }
}
