import CPlatform
import Glibc

/// The descriptor by which other threads end the loop's wait (eventfd(2)).
struct WakeUp: Sendable {
    let raw: CInt

    init() {
        raw = eventfd(0, CInt(EFD_CLOEXEC) | CInt(EFD_NONBLOCK))
        precondition(raw >= 0, "eventfd: errno \(errno)")
    }

    /// May be called from any thread. A full counter means that a wake-up is under way, so its EAGAIN is no error.
    func signal() {
        var one: UInt64 = 1
        _ = write(raw, &one, MemoryLayout<UInt64>.size)
    }

    func clear() {
        var count: UInt64 = 0
        _ = read(raw, &count, MemoryLayout<UInt64>.size)
    }
}
