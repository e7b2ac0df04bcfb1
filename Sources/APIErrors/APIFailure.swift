import HTTP

/// A request that is not served, or a stream that cannot go on: what the client is told, in the words of its family.
public struct APIFailure: Error, Sendable, Equatable {
    /// Whose refusal it is: users must be able to tell the gateway's from Google's.
    public enum Source: UInt8, Sendable {
        case gateway = 0
        case upstream = 1
    }

    public var situation: Situation
    /// For people; never a token, project, e-mail or upstream address.
    public var message: String
    /// The offending member of the client's body, such as `messages[2].content[0].type`.
    public var param: String?
    /// Seconds until trying again makes sense; nil takes the situation's own figure, if it has one.
    public var retryAfterSeconds: Int?
    /// Says outright whether to try again; nil takes the situation's own view, if it has one.
    public var shouldRetry: Bool?
    public var source: Source
    /// The methods of the path, for `methodNotAllowed`.
    public var allow: [HTTPMethod]
    /// What Anthropic's SDKs act on beyond the type; the other families have no place for it.
    public var details: AnthropicErrorDetails?

    /// Above this wait the client is told not to wait for it: the Anthropic SDK sleeps for whatever it is told, the
    /// OpenAI one up to 120 s.
    public static let retryAfterSecondsMax = 120

    public init(
        _ situation: Situation, message: String? = nil, param: String? = nil, retryAfterSeconds: Int? = nil,
        shouldRetry: Bool? = nil, source: Source = .gateway, allow: [HTTPMethod] = [],
        details: AnthropicErrorDetails? = nil
    ) {
        self.situation = situation
        self.message = message ?? situation.row.message
        self.param = param
        self.retryAfterSeconds = retryAfterSeconds
        self.shouldRetry = shouldRetry
        self.source = source
        self.allow = allow
        self.details = details
    }

    /// The body or a member of it is not valid; `param` is the member's path.
    public static func badRequest(_ message: String, param: String? = nil) -> APIFailure {
        APIFailure(.badRequest, message: message, param: param)
    }

    public static func tooLarge(_ message: String? = nil) -> APIFailure { APIFailure(.tooLarge, message: message) }

    public static var unauthorized: APIFailure { APIFailure(.unauthorized) }

    public static var unknownPath: APIFailure { APIFailure(.unknownPath) }

    public static func methodNotAllowed(_ allow: [HTTPMethod]) -> APIFailure {
        APIFailure(.methodNotAllowed, allow: allow)
    }

    /// The request could not be read as HTTP; the connection closes after the answer.
    public static func refusal(_ refusal: HTTPRefusal) -> APIFailure {
        let situation: Situation =
            switch refusal.status {
            case 414: .targetTooLong
            case 417: .unmetExpectation
            case 431: .fieldsTooLarge
            case 501: .unknownMethod
            case 505: .unknownVersion
            default: .malformedHTTP
            }
        return APIFailure(situation, message: refusal.text)
    }
}
