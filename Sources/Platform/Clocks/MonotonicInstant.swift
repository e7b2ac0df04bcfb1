import Glibc

/// A point in time on the clock that never jumps (`CLOCK_MONOTONIC`). Has a meaning only within one boot.
public struct MonotonicInstant: Comparable, Hashable, Sendable {
    public var nanoseconds: UInt64

    public init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    public static var now: MonotonicInstant {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return MonotonicInstant(nanoseconds: UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec))
    }

    public static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }

    /// Saturates: an instant is neither before the clock's zero nor beyond its end.
    public static func + (instant: Self, delay: Duration) -> Self {
        if delay < .zero { return instant - (.zero - delay) }
        let (sum, overflow) = instant.nanoseconds.addingReportingOverflow(delay.nanosecondsClamped)
        return MonotonicInstant(nanoseconds: overflow ? .max : sum)
    }

    public static func - (instant: Self, delay: Duration) -> Self {
        if delay < .zero { return instant + (.zero - delay) }
        let nanoseconds = delay.nanosecondsClamped
        return MonotonicInstant(nanoseconds: instant.nanoseconds > nanoseconds ? instant.nanoseconds - nanoseconds : 0)
    }

    public static func - (left: Self, right: Self) -> Duration {
        .nanoseconds(Int64(clamping: Int(bitPattern: UInt(left.nanoseconds &- right.nanoseconds))))
    }
}

extension Duration {
    /// Whole nanoseconds, 0 for a negative duration, the greatest number for one of more than 584 years.
    public var nanosecondsClamped: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (whole, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carry) = whole.addingReportingOverflow(UInt64(attoseconds / 1_000_000_000))
        return overflow || carry ? .max : sum
    }

    /// Whole milliseconds, rounded down.
    public var milliseconds: Int {
        let (seconds, attoseconds) = components
        return Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
    }
}
