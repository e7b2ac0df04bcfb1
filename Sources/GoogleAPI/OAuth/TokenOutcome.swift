import JSON

/// How a call of the token endpoint ended.
public enum TokenOutcome: Sendable, Equatable {
    case granted(TokenAnswer)
    case refused(TokenRefusal)

    /// - Parameter status: 0 when no answer came at all (network failure).
    public static func decode(status: Int, body: [UInt8]) -> TokenOutcome {
        let document = try? JSONDocument(parsing: body)  // not JSON: a proxy's page, told apart below by the status
        if status == 200 {
            guard let document, let answer = TokenAnswer(document) else {
                return .refused(TokenRefusal(.transient, code: nil, text: "the answer holds no access token"))
            }
            return .granted(answer)
        }
        let code = document?.root["error"]?.filledString
        let text = document?.root["error_description"]?.filledString ?? code ?? "status \(status)"
        return .refused(TokenRefusal(TokenRefusal.kind(status: status, code: code), code: code, text: text))
    }
}

/// Why the token endpoint gave nothing (RFC 6749, section 5.2) and what follows from it.
public struct TokenRefusal: Error, Sendable, Equatable {
    public enum Kind: UInt8, Sendable {
        /// The refresh token is revoked or expired, or the code was used before: this account is out.
        case invalidGrant = 0
        /// Client id, secret or scopes are wrong. No account's fault; a person must act.
        case configuration = 1
        /// Our form was not understood. No retry.
        case malformedRequest = 2
        /// Network, 429, 5xx, or an answer that is no JSON: try again, the account stays enabled.
        case transient = 3
    }

    public let kind: Kind
    /// The `error` member as it came.
    public let code: String?
    /// Description without anything secret in it.
    public let message: String

    init(_ kind: Kind, code: String?, text: String) {
        self.kind = kind
        self.code = code.map { ClientText.redact($0) }
        message = ClientText.redact(text)
    }

    static func kind(status: Int, code: String?) -> Kind {
        if status == 429 || status >= 500 || status < 400 { return .transient }
        switch code {
        case "invalid_grant": return .invalidGrant
        case "invalid_client", "unauthorized_client", "invalid_scope", "access_denied": return .configuration
        case nil: return .transient
        default: return .malformedRequest
        }
    }
}
