import HTTP
import Platform

/// The value of the `Date` field, formatted once a second.
@MainActor enum DateField {
    private static var second = -1
    private static var text = ""

    static var current: String {
        let now = WallClock.unixSeconds
        if now != second {
            second = now
            text = HTTPDate.format(unixSeconds: now)
        }
        return text
    }
}
