import JSON

/// One step of an answer, whatever upstream gave it: what stream encoders and answer encoders of all dialects understand.
///
/// Text stays in escaped form, since both sides are JSON. A call arrives whole.
public enum GenerationEvent: Sendable {
    /// The first event of an answer that has anything to say.
    case start
    case thinking(JSONString)
    /// The signature of the thinking before it; may come late.
    case thinkingSignature(JSONString)
    case text(JSONString)
    /// A signature on visible text or on an empty last part. Never shown by the OpenAI dialects, kept for the next turn.
    case textSignature(JSONString)
    case toolCall(ToolCall)
    case media(Media)
    case grounding(Grounding)
    /// Of text that came before; only from models that give them (`TranslationSettings.logprobsModels`).
    case logprobs(TokenLogprobs)
    /// Cumulative: the last one counts. May come after `finished`.
    case usage(TokenUsage)
    /// Why the model stopped. More may follow until the upstream body ends.
    case finished(FinishReason)
    /// The upstream's own answer object that the events before it came from, unwrapped, with the client's tool names. Only for
    /// requests that ask for it (`GenerationRequest.keepsPayloads`).
    case payload(RawJSON)

    /// The same without the rest of the upstream's event, for whoever keeps many of them.
    public var detached: GenerationEvent {
        switch self {
        case .text(let text): .text(text.detached)
        case .thinking(let text): .thinking(text.detached)
        default: self
        }
    }

    /// Whether this is answer content: once one is on its way to the client, the request may not be tried again.
    ///
    /// A normal finish counts, an unusable one does not (`FinishReason.isWorthRetry`).
    public var isContent: Bool {
        switch self {
        case .thinking, .text, .toolCall, .media: true
        case .finished(let reason): !reason.isWorthRetry
        case .start, .thinkingSignature, .textSignature, .grounding, .logprobs, .usage, .payload: false
        }
    }
}
