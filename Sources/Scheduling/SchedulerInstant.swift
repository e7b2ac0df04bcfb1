/// A moment on the caller's monotonic clock. The scheduler reads no clock: every event carries the moment it happened.
public struct SchedulerInstant: Comparable, Hashable, Sendable {
    /// Milliseconds since a zero of the caller's choice.
    public let milliseconds: Int

    public init(milliseconds: Int) {
        self.milliseconds = milliseconds
    }

    /// The moment `milliseconds` later; saturates instead of overflowing.
    public func advanced(by milliseconds: Int) -> SchedulerInstant {
        let (sum, overflow) = self.milliseconds.addingReportingOverflow(milliseconds)
        return SchedulerInstant(milliseconds: overflow ? (milliseconds > 0 ? .max : .min) : sum)
    }

    /// Milliseconds from this moment to a later one; negative if `other` is earlier.
    public func milliseconds(until other: SchedulerInstant) -> Int {
        let (difference, overflow) = other.milliseconds.subtractingReportingOverflow(milliseconds)
        return overflow ? (other > self ? .max : .min) : difference
    }

    public static func < (a: SchedulerInstant, b: SchedulerInstant) -> Bool { a.milliseconds < b.milliseconds }

    /// Before every moment that can come.
    public static let distantPast = SchedulerInstant(milliseconds: .min / 4)
}
