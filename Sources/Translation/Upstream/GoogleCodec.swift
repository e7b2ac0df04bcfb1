import APIErrors

/// Speaks to whichever of Google's APIs an attempt goes to: attempts of one request may go to either.
public struct GoogleCodec: UpstreamCodec {
    private var codeAssist = CodeAssistCodec()
    private var geminiAPI = GeminiAPICodec()

    public init() {}

    public mutating func encodeRequest(
        _ request: GenerationRequest, target: UpstreamTarget
    ) throws(APIFailure) -> [UInt8] {
        switch target.api {
        case .codeAssist: try codeAssist.encodeRequest(request, target: target)
        case .gemini: try geminiAPI.encodeRequest(request, target: target)
        }
    }

    public mutating func makeDecoder(
        for request: GenerationRequest, target: UpstreamTarget, form: CallIdentifierForm,
        identifiers: @escaping IdentifierSource
    ) -> any AnswerDecoder {
        switch target.api {
        case .codeAssist: codeAssist.makeDecoder(for: request, target: target, form: form, identifiers: identifiers)
        case .gemini: geminiAPI.makeDecoder(for: request, target: target, form: form, identifiers: identifiers)
        }
    }

    public mutating func encodeCount(
        _ request: GenerationRequest, target: UpstreamTarget
    ) throws(APIFailure) -> [UInt8] {
        switch target.api {
        case .codeAssist: try codeAssist.encodeCount(request, target: target)
        case .gemini: try geminiAPI.encodeCount(request, target: target)
        }
    }

    /// Both APIs say it in the same words.
    public func decodeCount(_ body: [UInt8]) -> Int? { codeAssist.decodeCount(body) }
}
