import APIErrors
import JSON

/// Anthropic Messages: `POST /v1/messages` and `/v1/messages/count_tokens`.
///
/// Source: Anthropic API reference, "Messages", "Streaming messages", "Count tokens"; what its official SDKs and Claude Code need.
public struct Anthropic: CountingDialect {
    public init() {}

    public var family: DialectFamily { .anthropic }

    public var name: String { "anthropic" }

    public var callIdentifiers: CallIdentifierForm { CallIdentifierForm(prefix: "toolu_", lengthMax: 64) }

    public func decode(_ body: RequestBody) throws(APIFailure) -> GenerationRequest {
        try MessagesRequestDecoder.decode(body.object())
    }

    public func decodeCount(_ body: RequestBody) throws(APIFailure) -> GenerationRequest { try decode(body) }

    public func encodeCount(_ tokens: Int) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("input_tokens", tokens)
        writer.endObject()
        return writer.bytes
    }

    public func answerID(_ identifiers: IdentifierSource) -> String {
        "msg_" + identifiers(CallIdentifierForm.randomCount)
    }

    public func makeStreamEncoder(_ context: AnswerContext, for request: GenerationRequest) -> any StreamEncoder {
        MessagesStreamEncoder(context, for: request)
    }

    public func makeAnswerEncoder(_ context: AnswerContext, for request: GenerationRequest) -> any AnswerEncoder {
        MessagesAnswerEncoder(context, for: request)
    }
}
