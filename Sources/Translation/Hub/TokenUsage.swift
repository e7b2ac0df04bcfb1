/// Token counts of an answer, settled: each dialect only renames them.
public struct TokenUsage: Sendable, Equatable {
    /// All prompt tokens, cached ones included.
    public var prompt = 0
    /// Prompt tokens read from the upstream's cache.
    public var cached = 0
    /// Of `prompt`, what was pictures, sound or documents; zero where the upstream does not say.
    public var promptMedia = 0
    /// Everything the model wrote, thinking included.
    public var output = 0
    /// Of `output`, what was thinking.
    public var reasoning = 0

    public var total: Int { prompt &+ output }

    public init() {}

    public init(prompt: Int, cached: Int, output: Int, reasoning: Int) {
        self.prompt = prompt
        self.cached = cached
        self.output = output
        self.reasoning = reasoning
    }

    /// The usage of several answers to one prompt: the prompt counts once.
    public mutating func addChoice(_ other: TokenUsage) {
        prompt = max(prompt, other.prompt)
        cached = max(cached, other.cached)
        promptMedia = max(promptMedia, other.promptMedia)
        output &+= other.output
        reasoning &+= other.reasoning
    }
}
