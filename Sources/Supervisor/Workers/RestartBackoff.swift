/// How long a place waits before it tries again, after processes that ended before they had proven themselves.
nonisolated enum RestartBackoff {
    static let first = Duration.milliseconds(100)
    static let longest = Duration.seconds(10)
    /// Share of the delay that chance adds or takes, so that several places do not start in step.
    static let jitterShare = 0.2

    /// - Parameters:
    ///   - failures: ends in a row, counted from 1.
    ///   - chance: from -1 to 1, uniform.
    static func delay(afterFailures failures: Int, chance: Double) -> Duration {
        let doublings = min(max(failures, 1) - 1, 30)
        let plain = min(first * (1 << doublings), longest)
        return plain * (1 + jitterShare * min(max(chance, -1), 1))
    }
}
