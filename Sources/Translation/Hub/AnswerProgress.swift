/// Watches the events of one answer and knows whether it may still be tried again, and whether it came to nothing.
public struct AnswerProgress: Sendable {
    /// At least one content event has been seen.
    public private(set) var hasContent = false
    public private(set) var finish: FinishReason?
    public private(set) var usage: TokenUsage?

    public init() {}

    public mutating func observe(_ event: GenerationEvent) {
        if event.isContent { hasContent = true }
        switch event {
        case .finished(let reason): finish = reason
        case .usage(let counts): usage = counts
        default: break
        }
    }

    public enum Emptiness: String, Sendable {
        /// The upstream answered 200 and said nothing.
        case nothing = "no_content"
        case malformedCall = "malformed_function_call"
        case missingImage = "no_image"
    }

    /// Judged when the upstream body has ended: why this answer is worth another attempt, if it is.
    public var emptiness: Emptiness? {
        guard !hasContent else { return nil }
        switch finish {
        case .malformedCall, .unexpectedCall, .malformedAnswer: return .malformedCall
        case .missingImage: return .missingImage
        default: return .nothing
        }
    }
}
