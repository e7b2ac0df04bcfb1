import JSON

/// Where an answer with search took its facts from.
public struct Grounding: Sendable, Equatable {
    public struct Source: Sendable, Equatable {
        public var uri: String
        public var title: String

        public init(uri: String, title: String) {
            self.uri = uri
            self.title = title
        }
    }

    /// A stretch of the answer text, in UTF-8 bytes of the unescaped text, and the sources it rests on.
    public struct Support: Sendable, Equatable {
        public var byteRange: Range<Int>
        public var sourceIndices: [Int]

        public init(byteRange: Range<Int>, sourceIndices: [Int]) {
            self.byteRange = byteRange
            self.sourceIndices = sourceIndices
        }
    }

    public var queries: [String] = []
    public var sources: [Source] = []
    public var supports: [Support] = []

    public init() {}
}
