import Platform

/// A connection between two requests, wherever it is, that may be ended to make room.
struct IdleConnection {
    let since: MonotonicInstant
    let end: () -> Void
}
