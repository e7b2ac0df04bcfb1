/// Moments as files, rows and other programs have them: seconds since 1970, brought within bounds before anything is
/// reckoned with them.
nonisolated enum StoredSeconds {
    /// From 1970 to the end of the year 9999, the last one of RFC 3339.
    static let range = 0...253_402_300_799

    static func clamped(_ seconds: Int) -> Int { min(max(seconds, range.lowerBound), range.upperBound) }
}
