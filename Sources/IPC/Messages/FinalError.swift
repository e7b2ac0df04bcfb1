/// The one error a client request ends with, as the supervisor decided it. The worker only renders it in the dialect.
///
/// Status and code are functions of the situation and the dialect, so they do not travel.
public struct FinalError: Equatable, Sendable {
    /// Raw value of `APIFailure.Situation`.
    public var situation: UInt8
    /// Raw value of `APIFailure.Source`: the gateway or upstream.
    public var source: UInt8
    /// Fit for the client's eyes.
    public var message: String
    /// Whole seconds, at least 1.
    public var retryAfterSeconds: UInt32?
    public var shouldRetry: Bool?

    public init(
        situation: UInt8, source: UInt8, message: String, retryAfterSeconds: UInt32? = nil, shouldRetry: Bool? = nil
    ) {
        self.situation = situation
        self.source = source
        self.message = message
        self.retryAfterSeconds = retryAfterSeconds
        self.shouldRetry = shouldRetry
    }

    func encode(into writer: inout FrameWriter) {
        writer.uint8(situation)
        writer.uint8(source)
        writer.string(message)
        writer.optional(retryAfterSeconds)
        writer.optional(shouldRetry) { $0.bool($1) }
    }

    init(decoding reader: inout FrameReader) throws(IPCError) {
        situation = try reader.uint8()
        source = try reader.uint8()
        message = try reader.string()
        retryAfterSeconds = try reader.optionalUInt32()
        shouldRetry = try reader.optional { reader throws(IPCError) in try reader.bool() }
    }
}
