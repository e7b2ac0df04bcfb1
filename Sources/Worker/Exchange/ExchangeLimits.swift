/// How long the parts of an exchange may take, in nanoseconds. The defaults are those of the settings table.
nonisolated struct ExchangeLimits: Sendable, Equatable {
    /// From the request to its first content; of an answer in one piece, to its end.
    var total: UInt64 = 590_000_000_000
    /// The same for a request that came through Cloudflare, which gives up after 100 s.
    var totalBehindCloudflare: UInt64 = 95_000_000_000
    /// From the request; no attempt begins after it.
    var schedule: UInt64 = 90_000_000_000
    /// From the beginning of an attempt to its first content.
    var firstContent: UInt64 = 60_000_000_000
    /// The same for models that think.
    var firstContentThinking: UInt64 = 300_000_000_000
    /// Between two bytes of the upstream, once there was content.
    var upstreamIdle: UInt64 = 120_000_000_000
    /// Silence before a stream's head is sent with a first sign of life.
    var heartbeatFirst: UInt64 = 25_000_000_000
    /// Silence between two signs of life later.
    var heartbeat: UInt64 = 15_000_000_000
    var connect: Duration = .seconds(10)
    /// What a client waits for a token count before it gets an estimate.
    var count: UInt64 = 5_000_000_000

    /// The limits of a token count: one for everything, and no signs of life.
    var ofCount: ExchangeLimits {
        var limits = self
        limits.total = count
        limits.totalBehindCloudflare = count
        limits.schedule = count
        return limits
    }
}
