/// Worker to supervisor: may I make this attempt, and with which account. Idempotent by (`requestID`, `attempt`).
public struct LeaseRequest: IPCMessage, Equatable {
    public static let kind = MessageKind.leaseRequest

    public enum Dialect: UInt8, Sendable {
        case openAIChat = 0, openAIResponses = 1, anthropic = 2, gemini = 3, cursor = 4, openAIOther = 5
    }
    public enum Operation: UInt8, Sendable {
        case generate = 0, countTokens = 1, image = 2, warmup = 3, audio = 4, embed = 5
    }
    public enum Priority: UInt8, Sendable { case interactive = 0, background = 1 }

    /// The same for all attempts of one client request; `<id>.<k>` for each of several choices or images.
    public var requestID: String
    /// From 1.
    public var attempt: UInt32
    /// First 16 hexadecimal digits of SHA-256 of the key; `none` without authentication.
    public var apiKeyID: String
    public var dialect: Dialect
    public var operation: Operation
    public var priority: Priority
    public var isStream: Bool
    public var upstreamModel: String
    public var sessionKey: String?
    /// Other names of the same conversation.
    public var sessionAliases: [String]
    /// Hash of client address and `User-Agent`, for requests without a session key.
    public var clientHint: String?
    /// Sixteen bytes.
    public var bodyDigest: [UInt8]
    /// Only this account, for warm-up and tests.
    public var pinnedAccount: String?
    public var scheduleMillisecondsLeft: UInt32
    public var totalMillisecondsLeft: UInt32

    public init(
        requestID: String, attempt: UInt32 = 1, apiKeyID: String, dialect: Dialect, operation: Operation = .generate,
        priority: Priority = .interactive, isStream: Bool, upstreamModel: String, sessionKey: String? = nil,
        sessionAliases: [String] = [], clientHint: String? = nil, bodyDigest: [UInt8], pinnedAccount: String? = nil,
        scheduleMillisecondsLeft: UInt32, totalMillisecondsLeft: UInt32
    ) {
        self.requestID = requestID
        self.attempt = attempt
        self.apiKeyID = apiKeyID
        self.dialect = dialect
        self.operation = operation
        self.priority = priority
        self.isStream = isStream
        self.upstreamModel = upstreamModel
        self.sessionKey = sessionKey
        self.sessionAliases = sessionAliases
        self.clientHint = clientHint
        self.bodyDigest = bodyDigest
        self.pinnedAccount = pinnedAccount
        self.scheduleMillisecondsLeft = scheduleMillisecondsLeft
        self.totalMillisecondsLeft = totalMillisecondsLeft
    }

    public func encode(into writer: inout FrameWriter) {
        writer.string(requestID)
        writer.uint32(attempt)
        writer.string(apiKeyID)
        writer.uint8(dialect.rawValue)
        writer.uint8(operation.rawValue)
        writer.uint8(priority.rawValue)
        writer.bool(isStream)
        writer.string(upstreamModel)
        writer.optional(sessionKey)
        writer.list(sessionAliases) { $0.string($1) }
        writer.optional(clientHint)
        writer.blob(bodyDigest)
        writer.optional(pinnedAccount)
        writer.uint32(scheduleMillisecondsLeft)
        writer.uint32(totalMillisecondsLeft)
    }

    public init(decoding reader: inout FrameReader) throws(IPCError) {
        requestID = try reader.string()
        attempt = try reader.uint32()
        apiKeyID = try reader.string()
        dialect = try reader.oneOf(Dialect.self, field: "lease_request.dialect")
        operation = try reader.oneOf(Operation.self, field: "lease_request.operation")
        priority = try reader.oneOf(Priority.self, field: "lease_request.priority")
        isStream = try reader.bool()
        upstreamModel = try reader.string()
        sessionKey = try reader.optionalString()
        sessionAliases = try reader.list { reader throws(IPCError) in try reader.string() }
        clientHint = try reader.optionalString()
        bodyDigest = try reader.blob()
        pinnedAccount = try reader.optionalString()
        scheduleMillisecondsLeft = try reader.uint32()
        totalMillisecondsLeft = try reader.uint32()
    }
}
