/// Why the model stopped, in the hub's words. The upstream's own words never reach a client of another dialect.
public enum FinishReason: Sendable, Equatable {
    case stop
    case outputLimit
    /// Content was blocked: safety, recitation, prohibited or personal content, language, blocked images.
    case contentBlocked
    /// The prompt itself was refused; there is no answer.
    case promptBlocked
    case malformedCall
    case unexpectedCall
    case tooManyCalls
    case malformedAnswer
    case missingSignature
    case missingImage
    case other

    /// An end that says the answer is unusable: worth another attempt while nothing was sent.
    public var isWorthRetry: Bool {
        switch self {
        case .malformedCall, .unexpectedCall, .malformedAnswer, .missingImage: true
        case .stop, .outputLimit, .contentBlocked, .promptBlocked, .tooManyCalls, .missingSignature, .other: false
        }
    }
}
