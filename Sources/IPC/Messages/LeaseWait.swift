/// Supervisor to worker: the request is parked. Its client gets heartbeats meanwhile.
public struct LeaseWait: IPCMessage, Equatable {
    public static let kind = MessageKind.leaseWait

    public enum Reason: UInt8, Sendable {
        case other = 0, cooling = 1, inFlightLimit = 2, tokenRefresh = 3, adoption = 4
    }

    public var requestID: String
    /// A guess, not a promise.
    public var estimatedMilliseconds: UInt32
    public var reason: Reason

    public init(requestID: String, estimatedMilliseconds: UInt32, reason: Reason) {
        self.requestID = requestID
        self.estimatedMilliseconds = estimatedMilliseconds
        self.reason = reason
    }

    public func encode(into writer: inout FrameWriter) {
        writer.string(requestID)
        writer.uint32(estimatedMilliseconds)
        writer.uint8(reason.rawValue)
    }

    public init(decoding reader: inout FrameReader) throws(IPCError) {
        requestID = try reader.string()
        estimatedMilliseconds = try reader.uint32()
        reason = try reader.oneOf(Reason.self, field: "lease_wait.reason")
    }
}
