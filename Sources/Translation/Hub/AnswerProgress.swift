/// Watches the events of one answer and knows whether it may still be tried again, and whether it came to nothing.
public struct AnswerProgress: Sendable {
    /// At least one content event has been seen.
    public private(set) var hasContent = false
    public private(set) var finish: FinishReason?
    public private(set) var usage: TokenUsage?

    private let purpose: GenerationRequest.Purpose

    public init(_ purpose: GenerationRequest.Purpose = .conversation) { self.purpose = purpose }

    public mutating func observe(_ event: GenerationEvent) {
        if isContent(event) { hasContent = true }
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
        if purpose == .image { return .missingImage }
        switch finish {
        case .malformedCall, .unexpectedCall, .malformedAnswer: return .malformedCall
        case .missingImage: return .missingImage
        default: return .nothing
        }
    }

    /// For an image, words and thoughts are none; a block is an answer, since another attempt would end the same way.
    private func isContent(_ event: GenerationEvent) -> Bool {
        guard purpose == .image else { return event.isContent }
        switch event {
        case .media, .finished(.contentBlocked), .finished(.promptBlocked): return true
        default: return false
        }
    }
}
