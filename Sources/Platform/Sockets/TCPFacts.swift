import CPlatform

/// What the kernel counts on a TCP connection: how the supervisor learns what a dead worker had read and written.
public struct TCPFacts: Sendable, Equatable {
    /// Bytes the peer has acknowledged. Our FIN counts one.
    public var bytesAcked: UInt64
    /// Bytes that have arrived. The peer's FIN counts one.
    public var bytesReceived: UInt64
    /// Bytes written and not yet acknowledged (`SIOCOUTQ`).
    public var sendQueueBytes: Int
    /// Bytes that have arrived and not been read (`FIONREAD`).
    public var unreadBytes: Int

    /// Bytes that processes have written into the connection.
    public var written: UInt64 { bytesAcked &+ UInt64(sendQueueBytes) }
    /// Bytes that processes have read from the connection.
    public var consumed: UInt64 { bytesReceived &- UInt64(unreadBytes) }

    /// nil if `fd` is no TCP socket, or the kernel's `TCP_INFO` is too old to have the counters: then nothing is known.
    public static func read(_ fd: CInt) -> TCPFacts? {
        var facts = platform_tcp_counters()
        guard platform_tcp_facts(fd, &facts) == 0 else { return nil }
        return TCPFacts(
            bytesAcked: facts.bytes_acked, bytesReceived: facts.bytes_received,
            sendQueueBytes: Int(facts.send_queue), unreadBytes: Int(facts.unread))
    }
}
