import JSON

/// Sampling fields and limits, as the client gave them. Numbers keep the client's spelling.
public struct Sampling: Sendable {
    public var temperature: NumberText?
    public var topP: NumberText?
    public var topK: NumberText?
    /// At least 1; a dialect refuses less.
    public var outputTokensMax: Int?
    /// Strings only, none empty, at most `stopSequencesMax`.
    public var stopSequences: [JSONString] = []
    public var seed: Int?
    /// Log probabilities are wished, with so many alternatives for each token.
    public var logprobs: Int?
    public var presencePenalty: NumberText?
    public var frequencyPenalty: NumberText?

    /// The upstream takes at most five (upstream reference of `generationConfig.stopSequences`).
    public static let stopSequencesMax = 5
    /// The upstream gives at most so many alternatives.
    static let logprobsMax = 20

    public init() {}
}

/// A JSON number as it was written, with its value for comparisons.
public struct NumberText: Sendable, Equatable {
    public var text: String
    public var value: Double

    public init?(_ node: JSONNode) {
        guard let text = node.numberText, let value = node.double else { return nil }
        self.text = text
        self.value = value
    }
}
