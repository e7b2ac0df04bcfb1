import Platform

/// A connection between two owners: its socket and all that was read and not served.
public struct DetachedConnection: ~Copyable {
    public let socket: FileDescriptor
    /// From the first byte of the request that was not answered; empty for an idle connection.
    public let received: [UInt8]
    public let peer: PeerAddress
    /// Bytes read from the socket since it was accepted, `received` included.
    public let consumedTotal: UInt64
    public let writtenTotal: UInt64

    /// The socket alone, for an owner that has taken the rest.
    public consuming func takeSocket() -> FileDescriptor { socket }
}
