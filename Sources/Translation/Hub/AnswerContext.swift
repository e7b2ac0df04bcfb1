/// What an encoder must know about the request it answers.
public struct AnswerContext: Sendable {
    /// The answer's id in the form of the dialect (`ClientDialect.answerID`).
    public var id: String
    /// Unix seconds.
    public var created: Int
    public var clientModel: String
    public var includesUsage: Bool
    public var choiceCount: Int
    public var usesLegacyFunctions: Bool
    /// Dialects without a place of their own for sources also list them behind the text.
    public var appendsSources = false
    public var identifiers: IdentifierSource

    public init(id: String, created: Int, request: GenerationRequest, identifiers: @escaping IdentifierSource) {
        self.id = id
        self.created = created
        clientModel = request.clientModel
        includesUsage = request.includesUsage
        choiceCount = request.choiceCount
        usesLegacyFunctions = request.usesLegacyFunctions
        self.identifiers = identifiers
    }
}

/// Gives that many random characters of `A-Z a-z 0-9`. The room has no randomness of its own.
public typealias IdentifierSource = @Sendable (_ count: Int) -> String
