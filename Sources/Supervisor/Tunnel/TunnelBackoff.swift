/// How long a tunnel waits before its next process is started.
nonisolated enum TunnelBackoff {
    static let first = Duration.seconds(1)
    static let longest = Duration.seconds(60)
    /// Share of the pause that chance adds or takes: many gateways whose tunnels Cloudflare has cut do not come back in step.
    static let jitterShare = 0.2

    /// - Parameters:
    ///   - failures: endings in a row, counted from 1.
    ///   - chance: from -1 to 1, uniform.
    static func delay(afterFailures failures: Int, chance: Double) -> Duration {
        let doublings = min(max(failures, 1) - 1, 16)
        return min(first * (1 << doublings), longest) * (1 + jitterShare * min(max(chance, -1), 1))
    }
}
