import JSON

extension FinishReason {
    /// The meaning of an upstream `finishReason` (Gemini API, "FinishReason"); nil for one that says nothing.
    init?(upstream word: JSONView) {
        guard word.isString else { return nil }
        switch word {
        case "", "FINISH_REASON_UNSPECIFIED": return nil
        case "STOP": self = .stop
        case "MAX_TOKENS": self = .outputLimit
        case "SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "LANGUAGE", "IMAGE_SAFETY",
            "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION":
            self = .contentBlocked
        case "MALFORMED_FUNCTION_CALL": self = .malformedCall
        case "UNEXPECTED_TOOL_CALL": self = .unexpectedCall
        case "TOO_MANY_TOOL_CALLS": self = .tooManyCalls
        case "MALFORMED_RESPONSE": self = .malformedAnswer
        case "MISSING_THOUGHT_SIGNATURE": self = .missingSignature
        case "NO_IMAGE", "IMAGE_OTHER": self = .missingImage
        default: self = .other
        }
    }
}
