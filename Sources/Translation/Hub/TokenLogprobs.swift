import JSON

/// How sure the model was of each token of a piece of the answer.
public struct TokenLogprobs: Sendable, Equatable {
    public struct Candidate: Sendable, Equatable {
        public var token: JSONString
        /// As the upstream spelled the number.
        public var logprob: String

        public init(token: JSONString, logprob: String) {
            self.token = token
            self.logprob = logprob
        }
    }

    public struct Token: Sendable, Equatable {
        public var chosen: Candidate
        /// What else it might have been, the likeliest first.
        public var top: [Candidate]

        public init(chosen: Candidate, top: [Candidate]) {
            self.chosen = chosen
            self.top = top
        }
    }

    public var tokens: [Token]

    public init(_ tokens: [Token]) { self.tokens = tokens }
}
