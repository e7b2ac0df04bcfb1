/// Supervisor to worker: there will be no lease; the request ends with this error.
public struct LeaseDeny: IPCMessage, Equatable {
    public static let kind = MessageKind.leaseDeny

    public var requestID: String
    public var final: FinalError

    public init(requestID: String, final: FinalError) {
        self.requestID = requestID
        self.final = final
    }

    public func encode(into writer: inout FrameWriter) {
        writer.string(requestID)
        final.encode(into: &writer)
    }

    public init(decoding reader: inout FrameReader) throws(IPCError) {
        requestID = try reader.string()
        final = try FinalError(decoding: &reader)
    }
}
