import APIErrors

/// Writes an answer as a stream of one dialect. A state machine over hub events: whatever it has appended at the end of a call
/// is complete events of the dialect, ready to be sent.
public protocol StreamEncoder: Sendable {
    /// - Parameter choice: which of the answers side by side the event belongs to, 0 when there is one.
    mutating func encode(_ event: GenerationEvent, choice: Int, into bytes: inout [UInt8])

    /// The upstream of every choice ended well: writes whatever ends the stream. Nothing may follow.
    mutating func finish(into bytes: inout [UInt8])

    /// The answer broke after the status was sent: writes the error and the end of the stream. Nothing may follow.
    mutating func fail(_ failure: APIFailure, requestID: String, into bytes: inout [UInt8])

    /// Bytes that keep a silent connection alive at this point of the stream; empty when the dialect allows none.
    var heartbeat: [UInt8] { get }

    /// `Content-Type` of the answer.
    var contentType: String { get }

    /// Whether the stream is one JSON array, so that an error must be its last element.
    var isArray: Bool { get }

    /// Whether the stream breaks in the terms of OpenAI's Responses (`APIFailure.responseEnd`), not in those of its family.
    var isResponse: Bool { get }
}

extension StreamEncoder {
    public var isArray: Bool { false }

    public var isResponse: Bool { false }

    public var contentType: String { "text/event-stream" }

    public mutating func encode(_ events: [GenerationEvent], choice: Int, into bytes: inout [UInt8]) {
        for event in events { encode(event, choice: choice, into: &bytes) }
    }

    public mutating func encode(_ event: GenerationEvent, into bytes: inout [UInt8]) {
        encode(event, choice: 0, into: &bytes)
    }
}

/// Collects the same events into one complete answer.
public protocol AnswerEncoder: Sendable {
    mutating func collect(_ event: GenerationEvent, choice: Int)

    /// The body of the answer.
    ///
    /// - Throws: the refusal that stands for an answer this dialect has no success for, such as no image for an image request.
    func finish() throws(APIFailure) -> [UInt8]

    /// `Content-Type` of the answer.
    var contentType: String { get }
}

extension AnswerEncoder {
    public var contentType: String { "application/json" }

    public mutating func collect(_ events: [GenerationEvent], choice: Int) {
        for event in events { collect(event, choice: choice) }
    }

    public mutating func collect(_ event: GenerationEvent) { collect(event, choice: 0) }
}
