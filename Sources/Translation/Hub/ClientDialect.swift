import APIErrors
import JSON

/// One client-facing API: reads its requests into the hub and makes the encoders for its answers.
public protocol ClientDialect: Sendable {
    /// The form of errors.
    var family: DialectFamily { get }

    /// The word for this dialect in records and lease requests.
    var name: String { get }

    /// How new call identifiers of this dialect look.
    var callIdentifiers: CallIdentifierForm { get }

    /// - Throws: a 400 whose `param` is the path of the offending member.
    func decode(_ body: RequestBody) throws(APIFailure) -> GenerationRequest

    /// The model name that is resolved for a request; answers still name the client's.
    func servedModel(of request: GenerationRequest, by settings: TranslationSettings) -> String

    /// What this dialect answers by itself, without any upstream; nil for nearly every request.
    ///
    /// - Parameter request: gets what the answer's head says about that.
    func ownAnswer(to request: inout GenerationRequest, by settings: TranslationSettings) -> [GenerationEvent]?

    /// A fresh id for an answer.
    func answerID(_ identifiers: IdentifierSource) -> String

    /// - Parameter request: the request that is answered. The encoder takes what it needs now and keeps nothing that refers to
    ///   the client's body.
    func makeStreamEncoder(_ context: AnswerContext, for request: GenerationRequest) -> any StreamEncoder

    /// As `makeStreamEncoder`.
    func makeAnswerEncoder(_ context: AnswerContext, for request: GenerationRequest) -> any AnswerEncoder
}

extension ClientDialect {
    public func servedModel(of request: GenerationRequest, by settings: TranslationSettings) -> String {
        request.clientModel
    }

    public func ownAnswer(to request: inout GenerationRequest, by settings: TranslationSettings) -> [GenerationEvent]? {
        nil
    }
}

/// The form of call identifiers: an upstream id is kept if it fits and is new in the conversation, else one is made.
public struct CallIdentifierForm: Sendable {
    /// `call_`, `toolu_`.
    public var prefix: String
    /// Longest upstream id of `[A-Za-z0-9_-]` that is kept.
    public var lengthMax: Int

    /// Random characters behind the prefix of a new identifier.
    public static let randomCount = 24

    public init(prefix: String, lengthMax: Int) {
        self.prefix = prefix
        self.lengthMax = lengthMax
    }
}
