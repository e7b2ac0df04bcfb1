/// What can go wrong between the processes.
public enum IPCError: Error, Equatable, Sendable {
    /// A frame or body ends before a field does.
    case truncated(needed: Int, available: Int)
    /// A byte that stands for one of a few cases stands for none of them.
    case unknownCase(field: StaticName, value: UInt8)
    /// A list claims more elements than `IPCLimits.listCountMax`.
    case listTooLong(Int)
    /// A body is larger than `IPCLimits.bodySizeMaxBytes`.
    case bodyTooLong(Int)
    /// A message owns more or fewer descriptors than its kind or its frame has.
    case descriptorCount(expected: Int, found: Int)
    /// A memfd that came with a message is not sealed, or is not as long as the message says.
    case memoryNotSealed
    /// The body is decoded as another kind than its header names: a mistake of the caller.
    case wrongKind(expected: MessageKind, found: UInt8)
    /// The peer reads too slowly: `IPCLimits.queueSizeMaxBytes` are waiting.
    case queueFull
    /// The other process has gone or the channel was closed.
    case peerGone
    /// A system call failed for a reason that waiting does not cure.
    case system(errno: Int32)

    /// The name of a field in an error.
    public struct StaticName: Equatable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
        public let description: String
        public init(stringLiteral value: String) { description = value }
    }
}
