/// What the kernel knows about a connection after its worker's death.
public struct KernelCounters: Equatable, Sendable {
    /// Bytes written over the life of the connection: acknowledged plus still in the send queue.
    public var written: UInt64
    /// Bytes read by us over the life of the connection: received minus unread, without the client's FIN.
    public var consumed: UInt64
    /// The client has sent its FIN or the connection is broken: nobody waits for an answer.
    public var isPeerGone: Bool

    public init(written: UInt64, consumed: UInt64, isPeerGone: Bool = false) {
        self.written = written
        self.consumed = consumed
        self.isPeerGone = isPeerGone
    }
}
