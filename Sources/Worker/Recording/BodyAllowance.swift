/// Bytes of bodies that one worker sends to the traffic log in a second. Above it records go without them: the channel to
/// the supervisor is there for leases first.
nonisolated struct BodyAllowance {
    static let bytesPerSecond = 4 << 20

    private var left = bytesPerSecond
    private var at: UInt64 = 0

    /// - Parameter now: nanoseconds of a clock that does not jump.
    mutating func take(_ count: Int, now: UInt64) -> Bool {
        let passed = min(now - min(now, at), 1_000_000_000)
        left = min(Self.bytesPerSecond, left + Int(passed / 1000) * Self.bytesPerSecond / 1_000_000)
        at = max(at, now)
        guard count <= left else { return false }
        left -= count
        return true
    }
}
