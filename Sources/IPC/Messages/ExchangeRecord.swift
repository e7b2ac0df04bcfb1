/// One client request as the traffic log and the token statistics keep it.
public struct ExchangeRecord: Equatable, Sendable {
    /// Wall clock when the request arrived, Unix milliseconds.
    public var arrivedAtUnixMilliseconds: UInt64
    public var method: String
    /// Path and query as received, secret query values replaced.
    public var target: String
    /// HTTP status sent to the client; 0 if the client left before one was.
    public var status: UInt32
    /// To the last byte of the answer.
    public var durationMilliseconds: UInt32
    public var clientModel: String?
    public var upstreamModel: String?
    /// The account of the last attempt.
    public var accountID: String?
    public var apiKeyID: String
    /// Raw value of `DialectFamily`.
    public var family: UInt8
    public var isStream: Bool
    public var clientAddress: String
    /// Short reason; set when the status is 400 or above or the stream broke.
    public var error: String?
    public var inputTokens: UInt32?
    public var outputTokens: UInt32?
    /// Cut, base64 removed; absent unless the settings keep bodies. Empty: left out, since too much came at once.
    public var requestBody: [UInt8]?
    public var responseBody: [UInt8]?
    /// What kind of body a request to the endpoint for Cursor had, in the words of the traffic log.
    public var payloadKind: String?

    public init(
        arrivedAtUnixMilliseconds: UInt64, method: String, target: String, status: UInt32,
        durationMilliseconds: UInt32, clientModel: String? = nil, upstreamModel: String? = nil,
        accountID: String? = nil, apiKeyID: String, family: UInt8, isStream: Bool, clientAddress: String,
        error: String? = nil, inputTokens: UInt32? = nil, outputTokens: UInt32? = nil, requestBody: [UInt8]? = nil,
        responseBody: [UInt8]? = nil, payloadKind: String? = nil
    ) {
        self.arrivedAtUnixMilliseconds = arrivedAtUnixMilliseconds
        self.method = method
        self.target = target
        self.status = status
        self.durationMilliseconds = durationMilliseconds
        self.clientModel = clientModel
        self.upstreamModel = upstreamModel
        self.accountID = accountID
        self.apiKeyID = apiKeyID
        self.family = family
        self.isStream = isStream
        self.clientAddress = clientAddress
        self.error = error
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
        self.requestBody = requestBody
        self.responseBody = responseBody
        self.payloadKind = payloadKind
    }

    func encode(into writer: inout FrameWriter) {
        writer.uint64(arrivedAtUnixMilliseconds)
        writer.string(method)
        writer.string(target)
        writer.uint32(status)
        writer.uint32(durationMilliseconds)
        writer.optional(clientModel)
        writer.optional(upstreamModel)
        writer.optional(accountID)
        writer.string(apiKeyID)
        writer.uint8(family)
        writer.bool(isStream)
        writer.string(clientAddress)
        writer.optional(error)
        writer.optional(inputTokens)
        writer.optional(outputTokens)
        writer.optional(requestBody)
        writer.optional(responseBody)
        writer.optional(payloadKind)
    }

    init(decoding reader: inout FrameReader) throws(IPCError) {
        arrivedAtUnixMilliseconds = try reader.uint64()
        method = try reader.string()
        target = try reader.string()
        status = try reader.uint32()
        durationMilliseconds = try reader.uint32()
        clientModel = try reader.optionalString()
        upstreamModel = try reader.optionalString()
        accountID = try reader.optionalString()
        apiKeyID = try reader.string()
        family = try reader.uint8()
        isStream = try reader.bool()
        clientAddress = try reader.string()
        error = try reader.optionalString()
        inputTokens = try reader.optionalUInt32()
        outputTokens = try reader.optionalUInt32()
        requestBody = try reader.optionalBlob()
        responseBody = try reader.optionalBlob()
        // Since minor 2.
        payloadKind = reader.remaining > 0 ? try reader.optionalString() : nil
    }
}
