import APIErrors
import HTTP

/// Reads requests as one dialect and answers as another: for paths whose clients send the body of a neighbour.
public struct ComposedDialect: ClientDialect {
    private let reader: any ClientDialect
    private let writer: any ClientDialect

    public init(reading reader: any ClientDialect, answering writer: any ClientDialect) {
        self.reader = reader
        self.writer = writer
    }

    public var family: DialectFamily { writer.family }

    public var name: String { writer.name }

    public var callIdentifiers: CallIdentifierForm { writer.callIdentifiers }

    public func decode(_ body: RequestBody) throws(APIFailure) -> GenerationRequest { try reader.decode(body) }

    public func answerID(_ identifiers: IdentifierSource) -> String { writer.answerID(identifiers) }

    public func makeStreamEncoder(_ context: AnswerContext, for request: GenerationRequest) -> any StreamEncoder {
        writer.makeStreamEncoder(context, for: request)
    }

    public func makeAnswerEncoder(_ context: AnswerContext, for request: GenerationRequest) -> any AnswerEncoder {
        writer.makeAnswerEncoder(context, for: request)
    }
}
