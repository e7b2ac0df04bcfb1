import JSON

nonisolated extension AdminError {
    /// What somebody gave for an account.
    enum Credential: String, Sendable {
        case refreshToken = "refresh token"
        case code = "code"
    }

    /// Why an account was not added.
    static func adding(_ failure: AccountAdder.Failure, _ credential: Credential = .refreshToken) -> AdminError {
        switch failure {
        case .clientMissing: .clientMissing([])
        case .clientRefused(let code):
            AdminError(
                .upstreamError, "Google refuses the OAuth client: check its id and secret.",
                details: ["error": .string(code)])
        case .invalidGrant(let code, let text):
            AdminError(
                .invalidGrant, "Google refuses this \(credential.rawValue).",
                details: ["error": .string(code), "error_description": .string(text)])
        case .noRefreshToken:
            AdminError(
                .invalidGrant,
                """
                Google gave no refresh token, as it does for an account that consented before. Remove this application's \
                access at https://myaccount.google.com/permissions, then sign in again.
                """)
        case .upstream(let text): AdminError(.upstreamError, text)
        case .timeout: AdminError(.upstreamTimeout, "Google did not answer in time.")
        case .keyRefused: AdminError(.invalidRequest, "Google refuses this API key.", details: ["field": "apiKey"])
        case .nameTaken: .field("label", "is the name of another account")
        case .tooMany: AdminError(.invalidRequest, "There are \(AccountStore.countMax) accounts already.")
        case .storage(let error): .storage(error)
        }
    }

    /// - Parameter missing: the settings that are not set; empty: at least one of the two.
    static func clientMissing(_ missing: [String]) -> AdminError {
        let names = missing.isEmpty ? ["ANTIGRAVITY_OAUTH_CLIENT_ID", "ANTIGRAVITY_OAUTH_CLIENT_SECRET"] : missing
        return AdminError(
            .stateUnavailable, "The OAuth client is not set: \(names.joined(separator: " and ")).",
            details: ["missing": .array(names.map { .string($0) })])
    }
}
