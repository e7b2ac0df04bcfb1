/// Memory that the bodies of all requests of this process share: half of what a worker may have, since what is made of them
/// takes about as much again.
final class BodyRoom {
    /// Of all bodies together, and so of each.
    let sizeMaxBytes: Int
    private(set) var takenBytes = 0

    /// - Parameter softMemoryLimitBytes: above it the supervisor replaces the worker.
    init(softMemoryLimitBytes: Int) {
        sizeMaxBytes = softMemoryLimitBytes / 2
    }

    /// False, and nothing is taken, when others hold the room.
    func take(_ byteCount: Int) -> Bool {
        guard byteCount <= sizeMaxBytes - takenBytes else { return false }
        takenBytes += byteCount
        return true
    }

    func giveBack(_ byteCount: Int) { takenBytes -= byteCount }
}
