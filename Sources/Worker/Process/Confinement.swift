import Platform

/// What this process denies itself before it reads a byte of a client.
nonisolated enum Confinement {
    /// Descriptors a worker may have open: one per connection and one per upstream transfer, with room to spare.
    static let descriptorsMax = 16_384

    /// Reported in `ready`: 0 says that only limits are set, and nothing is forbidden to a process that was taken over.
    static let level: UInt8 = 0

    static func apply() {
        // The first look at the process's own memory opens its file; later ones only read it.
        _ = ProcessFacts.residentBytes()
        ProcessFacts.setDescriptorLimit(descriptorsMax)
    }
}
