import Glibc

/// CPU time of this process.
enum Stopwatch {
    static let windowCount = 7
    static let windowSeconds = 0.08

    /// Seconds of CPU that one call takes, in the least disturbed of `windowCount` windows.
    static func secondsPerCall(_ body: () throws -> Int) rethrows -> Double {
        var calls = 1
        var best = Double.infinity
        var windows = 0
        while windows < windowCount {
            let start = cpuSeconds()
            for _ in 0..<calls { blackHole(try body()) }
            let elapsed = cpuSeconds() - start
            if elapsed < windowSeconds {
                calls = max(calls + 1, Int(Double(calls) * 1.2 * windowSeconds / max(elapsed, 1e-6)))
            } else {
                best = min(best, elapsed / Double(calls))
                windows += 1
            }
        }
        return best
    }

    private static func cpuSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Keeps the optimizer from dropping a result.
    @inline(never)
    private static func blackHole(_ value: Int) { sink = sink &+ value }

    nonisolated(unsafe) private static var sink = 0
}
