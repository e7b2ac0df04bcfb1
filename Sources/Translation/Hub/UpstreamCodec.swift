import APIErrors
import JSON

/// One upstream API: writes hub requests for it and reads its answers into hub events.
///
/// A value with caches: keep one for the life of the process.
public protocol UpstreamCodec: Sendable {
    /// The body of a streaming or plain generation call.
    ///
    /// - Throws: a 400 for a request that this target cannot serve.
    mutating func encodeRequest(_ request: GenerationRequest, target: UpstreamTarget) throws(APIFailure) -> [UInt8]

    /// A decoder for the answer to that request. It keeps nothing of the client's body.
    ///
    /// - Parameter form: how call identifiers look in the client's dialect.
    mutating func makeDecoder(
        for request: GenerationRequest, target: UpstreamTarget, form: CallIdentifierForm,
        identifiers: @escaping IdentifierSource
    ) -> any AnswerDecoder

    /// The body of a call that counts the tokens of the request's prompt: conversation, system text and tools.
    ///
    /// - Throws: a 400 for a request without content.
    mutating func encodeCount(_ request: GenerationRequest, target: UpstreamTarget) throws(APIFailure) -> [UInt8]

    /// The count in the answer to such a call; nil if it names none.
    func decodeCount(_ body: [UInt8]) -> Int?
}

/// Reads one upstream answer, piece by piece.
public protocol AnswerDecoder: Sendable {
    /// Appends the events of one server-sent payload, or of a whole non-streaming body.
    mutating func decode(_ payload: [UInt8], into events: inout [GenerationEvent]) throws(UpstreamAnswerError)

    /// The upstream body has ended: appends what was held back.
    mutating func finish(into events: inout [GenerationEvent])
}

/// An answer that cannot be read on.
public enum UpstreamAnswerError: Error, Sendable, Equatable {
    /// The upstream reported an error inside its answer: the payload, for classification by its own `error.code`.
    case reported(payload: [UInt8])
    /// Not JSON, or not of the expected shape.
    case malformed(reason: String)
}
