/// How one upstream attempt ended. Part of `leaseOutcome` and of `exchangeEnd`. Idempotent by `leaseID` and `attempt`.
public struct AttemptOutcome: Equatable, Sendable {
    /// Token counts of an answer.
    public struct Tokens: Equatable, Sendable {
        public var input: UInt32
        public var output: UInt32
        public var cached: UInt32
        public var thoughts: UInt32

        public init(input: UInt32, output: UInt32, cached: UInt32 = 0, thoughts: UInt32 = 0) {
            self.input = input
            self.output = output
            self.cached = cached
            self.thoughts = thoughts
        }
    }

    /// Longest `excerpt`.
    public static let excerptSizeMaxBytes = 512

    public var leaseID: String
    /// Raw value of `OutcomeClass`.
    public var outcomeClass: UInt8
    public var httpStatus: UInt32?
    /// Upstream's own word for the reason.
    public var reason: String?
    /// The model an error names when it is not the one asked for.
    public var errorModel: String?
    public var retryAfterMilliseconds: UInt64?
    public var resetAfterMilliseconds: UInt64?
    /// Which place of the answer the delay was read from.
    public var delaySource: String?
    public var isContentCommitted: Bool
    /// Index into the snapshot's bases.
    public var endpoint: UInt8
    public var firstContentMilliseconds: UInt32?
    public var durationMilliseconds: UInt32
    /// Bytes of the request sent upstream.
    public var bytesOut: UInt64
    public var tokens: Tokens?
    /// Only https, only below google.com.
    public var validationURL: String?
    /// At most `excerptSizeMaxBytes` of upstream's text, secrets removed.
    public var excerpt: String

    public init(
        leaseID: String, outcomeClass: UInt8, httpStatus: UInt32? = nil, reason: String? = nil,
        errorModel: String? = nil, retryAfterMilliseconds: UInt64? = nil, resetAfterMilliseconds: UInt64? = nil,
        delaySource: String? = nil, isContentCommitted: Bool, endpoint: UInt8, firstContentMilliseconds: UInt32? = nil,
        durationMilliseconds: UInt32, bytesOut: UInt64 = 0, tokens: Tokens? = nil, validationURL: String? = nil,
        excerpt: String = ""
    ) {
        self.leaseID = leaseID
        self.outcomeClass = outcomeClass
        self.httpStatus = httpStatus
        self.reason = reason
        self.errorModel = errorModel
        self.retryAfterMilliseconds = retryAfterMilliseconds
        self.resetAfterMilliseconds = resetAfterMilliseconds
        self.delaySource = delaySource
        self.isContentCommitted = isContentCommitted
        self.endpoint = endpoint
        self.firstContentMilliseconds = firstContentMilliseconds
        self.durationMilliseconds = durationMilliseconds
        self.bytesOut = bytesOut
        self.tokens = tokens
        self.validationURL = validationURL
        self.excerpt = excerpt
    }

    func encode(into writer: inout FrameWriter) {
        writer.string(leaseID)
        writer.uint8(outcomeClass)
        writer.optional(httpStatus)
        writer.optional(reason)
        writer.optional(errorModel)
        writer.optional(retryAfterMilliseconds)
        writer.optional(resetAfterMilliseconds)
        writer.optional(delaySource)
        writer.bool(isContentCommitted)
        writer.uint8(endpoint)
        writer.optional(firstContentMilliseconds)
        writer.uint32(durationMilliseconds)
        writer.uint64(bytesOut)
        writer.optional(tokens) { $1.encode(into: &$0) }
        writer.optional(validationURL)
        writer.string(excerpt)
    }

    init(decoding reader: inout FrameReader) throws(IPCError) {
        leaseID = try reader.string()
        outcomeClass = try reader.uint8()
        httpStatus = try reader.optionalUInt32()
        reason = try reader.optionalString()
        errorModel = try reader.optionalString()
        retryAfterMilliseconds = try reader.optionalUInt64()
        resetAfterMilliseconds = try reader.optionalUInt64()
        delaySource = try reader.optionalString()
        isContentCommitted = try reader.bool()
        endpoint = try reader.uint8()
        firstContentMilliseconds = try reader.optionalUInt32()
        durationMilliseconds = try reader.uint32()
        bytesOut = try reader.uint64()
        tokens = try reader.optional { reader throws(IPCError) in try Tokens(decoding: &reader) }
        validationURL = try reader.optionalString()
        excerpt = try reader.string()
    }
}

extension AttemptOutcome.Tokens {
    func encode(into writer: inout FrameWriter) {
        writer.uint32(input)
        writer.uint32(output)
        writer.uint32(cached)
        writer.uint32(thoughts)
    }

    init(decoding reader: inout FrameReader) throws(IPCError) {
        input = try reader.uint32()
        output = try reader.uint32()
        cached = try reader.uint32()
        thoughts = try reader.uint32()
    }
}
