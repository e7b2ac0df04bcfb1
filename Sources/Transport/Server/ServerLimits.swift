import HTTP

/// What one client may cost a server.
public struct ServerLimits: Sendable {
    /// Sizes of a request's head and of its framing.
    public var http = HTTPLimits()
    /// From the first byte of a head to its last; then the connection is closed.
    public var headDeadline = Duration.seconds(10)
    /// Without a byte of a body, or for the whole of one that is thrown away; then `BodyError.stalled`.
    public var bodyStall = Duration.seconds(30)
    /// Between requests; then the connection is closed. Longer than the 90 s of Cloudflare's tunnel.
    public var idle = Duration.seconds(120)
    /// Without the client taking a byte of what waits for it; then it counts as gone.
    public var writeStall = Duration.seconds(60)
    /// The answer to the last of them closes the connection.
    public var requestsPerConnectionMax = 1000
    /// What is read and thrown away after our last byte, so that a client that is still sending can read the answer.
    public var lingerMaxBytes = 65536
    public var lingerMax = Duration.seconds(1)
    /// Above it a writer waits for the client.
    public var sendBufferHighWater = 256 * 1024

    public init() {}
}
