import JSON

/// What a client asks for, whatever dialect it spoke: the one request of the hub.
///
/// A dialect decodes its body into this value, `ModelRouter` settles the model, a codec writes it for its upstream. It still
/// refers to the client's body (schemas, media), so drop it when no further attempt can follow.
public struct GenerationRequest: Sendable {
    /// The model as the client wrote it; answers echo it.
    public var clientModel: String
    /// System texts in order, each its own upstream part.
    public var system: [JSONString] = []
    public var turns: [Turn] = []
    public var tools: [ToolDeclaration] = []
    public var toolChoice: ToolChoice = .unspecified
    /// False: only the first call of an answer is delivered. There is no upstream switch for it.
    public var allowsParallelCalls = true
    public var sampling = Sampling()
    public var thinking: ThinkingWish = .unspecified
    /// False: the model may think, but its thoughts are not delivered.
    public var showsThinking = true
    /// Whether thinking is wished for Claude `-thinking` ids when the client says nothing. Off in the Anthropic dialect, whose
    /// clients cannot give back blocks they did not ask for.
    public var thinksUnaskedOnClaude = true
    public var outputFormat: OutputFormat = .text
    /// Search grounding, if wanted. Function tools win over it.
    public var search: SearchWish?
    /// Settings of an image model, from the body or from the model name.
    public var image = ImageWish()
    /// A Gemini client's own `safetySettings`, which win over the operator's.
    public var safetySettings: JSONNode?
    public var session = SessionHints()

    public var streams = false
    /// A last chunk with the token counts (`stream_options.include_usage`).
    public var includesUsage = false
    /// Answers wanted side by side; each is one upstream call.
    public var choiceCount = 1
    /// True when the client declared `functions` instead of `tools` and expects `function_call` back.
    public var usesLegacyFunctions = false

    public init(clientModel: String) { self.clientModel = clientModel }
}
