import Platform

/// Gives memory back to the system after a burst: the allocator keeps what a thousand streams used at once, and would keep
/// it for as long as the process lives.
struct FreeMemory {
    /// Below this there is little to give back.
    static let worthwhileBytes = 24 * 1024 * 1024

    /// What was resident when memory was last given back.
    private var leftBytes = 0

    /// Resident memory; while nothing is being served, what is free of it is given back first. Costs some milliseconds when
    /// there is much, so it is done once after each time that more was used.
    mutating func residentBytes(isIdle: Bool) -> Int {
        let resident = ProcessFacts.residentBytes() ?? 0
        guard isIdle, resident > Self.worthwhileBytes, resident > leftBytes + leftBytes / 4 else { return resident }
        ProcessFacts.giveBackFreeMemory()
        leftBytes = ProcessFacts.residentBytes() ?? 0
        return leftBytes
    }
}
