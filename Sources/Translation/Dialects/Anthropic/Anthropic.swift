import APIErrors
import JSON

/// Anthropic Messages: `POST /v1/messages` and `/v1/messages/count_tokens`.
///
/// Source: Anthropic API reference, "Messages", "Streaming messages", "Count tokens"; what its official SDKs and Claude Code need.
public struct Anthropic: CountingDialect {
    private let systemMessages: MessageReader.SystemMessages

    public init() { self.init(systemMessages: .inPlace) }

    /// - Parameter systemMessages: where the text of a message with the role `system` goes; this dialect's own clients put one
    ///   into a conversation where it belongs.
    init(systemMessages: MessageReader.SystemMessages) { self.systemMessages = systemMessages }

    public var family: DialectFamily { .anthropic }

    public var name: String { "anthropic" }

    public var callIdentifiers: CallIdentifierForm { CallIdentifierForm(prefix: "toolu_", lengthMax: 64) }

    public func decode(_ body: RequestBody) throws(APIFailure) -> GenerationRequest {
        try MessagesRequestDecoder.decode(body.object(), systemMessages: systemMessages)
    }

    public func decodeCount(_ body: RequestBody) throws(APIFailure) -> GenerationRequest { try decode(body) }

    public func encodeCount(_ tokens: Int) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("input_tokens", tokens)
        writer.endObject()
        return writer.bytes
    }

    public func servedModel(of request: GenerationRequest, by settings: TranslationSettings) -> String {
        ClaudeCodeTraffic.isBackgroundTask(request, markers: settings.backgroundMarkers)
            ? ClaudeCodeTraffic.backgroundModel : request.clientModel
    }

    public func ownAnswer(to request: inout GenerationRequest, by settings: TranslationSettings) -> [GenerationEvent]? {
        guard settings.answersWarmup, ClaudeCodeTraffic.isWarmup(request) else { return nil }
        request.answerFields.append(.init(name: "X-Warmup-Intercepted", value: "true"))
        return [.text("OK"), .finished(.stop)]
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
