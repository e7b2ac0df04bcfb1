import JSON

/// The members of a `GenerationRequest`.
///
/// A dialect decodes its body into this value, `ModelRouter` settles the model, a codec writes it for its upstream. It still
/// refers to the client's body (schemas, media), so drop it when no further attempt can follow.
public struct GenerationFields: Sendable {
    /// The model as the client wrote it; answers echo it.
    public var clientModel: String
    /// System texts in order, each its own upstream part.
    public var system: [JSONString] = []
    public var turns: [Turn] = []
    /// A thought of the model may stand in the turns as several parts, the signature on the last: see `WholeThoughts`.
    public var givesThoughtsInPieces = false
    /// The member of the client's body that holds the turns, for refusals.
    public var turnsMember = "messages"
    public var tools: [ToolDeclaration] = []
    public var toolChoice: ToolChoice = .unspecified
    /// False: only the first call of an answer is delivered. There is no upstream switch for it.
    public var allowsParallelCalls = true
    public var sampling = Sampling()
    public var thinking: ThinkingWish = .unspecified
    /// False: the model may think, but its thoughts are not delivered.
    public var showsThinking = true
    /// False: of the thoughts that are delivered only the signatures are, not the text.
    public var showsThinkingText = true
    /// How much to think if the model does it unasked and `thinking` says nothing.
    public var effortHint: ThinkingWish.Effort?
    /// Whether thinking is wished for Claude `-thinking` ids when the client says nothing. Off in the Anthropic dialect, whose
    /// clients cannot give back blocks they did not ask for.
    public var thinksUnaskedOnClaude = true
    public var outputFormat: OutputFormat = .text
    /// Search grounding, if wanted. Function tools win over it.
    public var search: SearchWish?
    /// Settings of an image model, from the body or from the model name.
    public var image = ImageWish()
    /// The client says outright that it wants images beside text.
    public var asksForImages = false
    public var purpose = GenerationRequest.Purpose.conversation
    /// A Gemini client's own `safetySettings`, which win over the operator's: a list of settings that the upstream knows.
    public var safetySettings: RawJSON?
    public var native = NativeSettings()
    public var hostedTools: Set<HostedTool> = []
    /// Contents that Google keeps for the client, in front of the conversation.
    public var cachedContent: CachedContent?
    public var session = SessionHints()

    public var streams = false
    /// A last chunk with the token counts (`stream_options.include_usage`).
    public var includesUsage = false
    /// Answers wanted side by side; each is one upstream call.
    public var choiceCount = 1
    /// At most so many of them are asked at once.
    public var concurrentChoicesMax = Int.max
    /// Conversations of a request that asks several prompts at once, instead of `turns`; the choices are shared out evenly, in
    /// order. Empty: one conversation.
    public var prompts: [[Turn]] = []
    /// True: the prompt stands in front of each answer.
    public var echoesPrompt = false
    /// True: choices that fail are left out of the answer as long as one succeeds.
    public var toleratesLostChoices = false
    /// True when the client declared `functions` instead of `tools` and expects `function_call` back.
    public var usesLegacyFunctions = false

    /// True: the decoder also hands over each upstream payload as it is (`GenerationEvent.payload`).
    public var keepsPayloads = false
    /// Members of the request that the answer repeats, as the dialect writes them: complete `"name":value` pairs with commas
    /// between. Nil: it repeats none.
    public var echo: [UInt8]?
    /// The form of the answer by a word of the dialect (`url`, `srt`); nil: the usual one.
    public var answerForm: String?
    /// Header fields that the answer carries beside the usual ones.
    public var answerFields: [GenerationRequest.AnswerField] = []

    public init(clientModel: String) { self.clientModel = clientModel }
}
