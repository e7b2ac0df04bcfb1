/// Supervisor to worker: send one small request to this model with this account, so that its quota window begins.
///
/// The worker asks for a `background` lease pinned to the account, under this request id, and reports by `exchangeEnd`.
public struct Warmup: IPCMessage, Equatable {
    public static let kind = MessageKind.warmup

    public var requestID: String
    public var accountID: String
    public var upstreamModel: String

    public init(requestID: String, accountID: String, upstreamModel: String) {
        self.requestID = requestID
        self.accountID = accountID
        self.upstreamModel = upstreamModel
    }

    public func encode(into writer: inout FrameWriter) {
        writer.string(requestID)
        writer.string(accountID)
        writer.string(upstreamModel)
    }

    public init(decoding reader: inout FrameReader) throws(IPCError) {
        requestID = try reader.string()
        accountID = try reader.string()
        upstreamModel = try reader.string()
    }
}
