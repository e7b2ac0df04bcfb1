/// Google's consent page, opened in the user's browser (Google Identity, "Using OAuth 2.0 for Web Server Applications").
public enum ConsentPage {
    /// - Parameters:
    ///   - redirectURI: the code exchange must repeat it byte for byte.
    ///   - state: random, at least 128 bits, compared when the browser comes back.
    ///
    /// `access_type=offline` and `prompt=consent` together are what makes Google hand out a refresh token again
    /// to a user who had already granted access.
    public static func url(
        _ addresses: GoogleAddresses, client: OAuthClient, redirectURI: String,
        scopes: [String] = OAuthClient.scopesDefault, state: String
    ) -> String {
        let query = FormEncoding.encode([
            ("client_id", client.id), ("redirect_uri", redirectURI), ("response_type", "code"),
            ("scope", scopes.joined(separator: " ")), ("access_type", "offline"), ("prompt", "consent"),
            ("include_granted_scopes", "true"), ("state", state),
        ])
        return "\(addresses.consentURL)?\(query)"
    }
}
