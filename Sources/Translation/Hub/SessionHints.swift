/// What a body says about the conversation it belongs to. The headers are the worker's to read; `SessionKey` combines both.
public struct SessionHints: Sendable, Equatable {
    /// Values of explicit body members in order of precedence.
    public var explicit: [Hint] = []

    public struct Hint: Sendable, Equatable {
        public var source: String
        public var value: String

        public init(source: String, value: String) {
            self.source = source
            self.value = value
        }
    }

    public init() {}
}
