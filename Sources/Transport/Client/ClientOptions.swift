/// How a client reaches its servers; fixed for the life of an `HTTPClient`.
public struct ClientOptions: Sendable, Equatable {
    /// PEM file with the authorities that may sign a server. Explicit, because with Debian's default directory libcurl
    /// cannot cache the parsed authorities and a handshake costs twenty times as much.
    public var caFile: String
    /// `http://`, `https://`, `socks5://` or `socks5h://` URL; nil: direct, whatever the environment says. A tunnel is asked
    /// of an HTTP proxy for every server, clear text too.
    public var proxy: String?
    /// HTTP/2 over TLS where the server offers it; clear text is always HTTP/1.1.
    public var http2: Bool
    /// Idle connections that are kept; the oldest is closed above it. One costs about 60 KiB with TLS.
    public var connectionsMax: Int
    /// libcurl's receive buffer for each HTTP/2 transfer.
    public var bufferSizeBytes: Int
    /// The connection of an exchange whose reader has this much unread is not read until the reader has taken it.
    public var unreadMaxBytes: Int

    /// Connects to hosts of the public internet alone, whatever their names resolve to. Needs a direct way: which address a
    /// proxy connects to cannot be seen.
    public var reachesOnlyPublicHosts: Bool

    public init(
        caFile: String = Self.defaultCAFile, proxy: String? = nil, http2: Bool = false, connectionsMax: Int = 256,
        bufferSizeBytes: Int = 2048, unreadMaxBytes: Int = 64 * 1024,
        reachesOnlyPublicHosts: Bool = false
    ) {
        self.caFile = caFile
        self.proxy = proxy
        self.http2 = http2
        self.connectionsMax = connectionsMax
        self.bufferSizeBytes = bufferSizeBytes
        self.unreadMaxBytes = unreadMaxBytes
        self.reachesOnlyPublicHosts = reachesOnlyPublicHosts
    }

    public static let defaultCAFile = "/etc/ssl/certs/ca-certificates.crt"

    /// With HTTP/2 a pause is no back-pressure (libcurl buffers whole windows), so a stream this far ahead is ended.
    static let http2UnreadMaxBytes = 8 * 1024 * 1024
    /// Idle connections older than this are closed.
    static let idleConnectionMaxSeconds = 90
    static let tcpKeepAliveSeconds = 60
    static let http2StreamsPerConnectionMax = 10
    static let http2ConnectionsPerHostMax = 16
    /// HTTP/2 handles kept for the next request; more than this many at once are made and freed.
    static let pooledHandlesMax = 128
    /// Connections with TLS in one libcurl multi handle. It walks over all of them for each send and receive, some nanoseconds
    /// each; but each multi handle parses the authorities' file for itself, 0.9 MiB with Debian's.
    static let connectionsPerMultiMax = 128
}
