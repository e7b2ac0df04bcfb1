/// How many workers the memory allows, and when one of them has grown too large.
nonisolated struct WorkerMemoryBudget: Equatable {
    /// A worker is never asked to do with less.
    static let softLimitMinBytes = 96 << 20
    /// More than this is a leak rather than load, however much memory there is.
    static let softLimitMaxBytes = 512 << 20
    /// What the supervisor, the tunnel and the kernel's buffers need beside the workers.
    static let reservedBytes = 384 << 20

    let workerCount: Int
    /// Resident bytes above which a worker is drained and replaced.
    let softLimitBytes: Int

    /// - Parameters:
    ///   - wishedWorkers: at least 1.
    ///   - memoryLimitBytes: of the control group; nil without one.
    ///
    /// During a replacement two workers hold a place, so each may use half of its share. There are fewer workers than
    /// wished when their shares would fall below the least.
    init(wishedWorkers: Int, memoryLimitBytes: Int?) {
        guard let memoryLimitBytes else {
            workerCount = max(wishedWorkers, 1)
            softLimitBytes = Self.softLimitMaxBytes
            return
        }
        let available = max(memoryLimitBytes - Self.reservedBytes, 0)
        let affordable = available / (2 * Self.softLimitMinBytes)
        workerCount = max(min(wishedWorkers, affordable), 1)
        softLimitBytes = min(max(available / (2 * workerCount), Self.softLimitMinBytes), Self.softLimitMaxBytes)
    }
}
