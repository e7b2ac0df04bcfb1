import Platform
import Synchronization

/// telemetry.db on a thread of its own: what helps and may be lost. The start does not wait until it is open, and without it
/// everything goes on with less memory.
actor Telemetry {
    private nonisolated let executor: ThreadExecutor
    private let file: TelemetryFile
    /// nil before it is opened, after it is closed, and while the disk refuses it.
    private var connection: SQLiteConnection?
    /// The last trouble that was said, so that the same one is said once.
    private var trouble: StorageError?
    private nonisolated let wasEmptied = Atomic(false)
    private nonisolated let wasRefused = Atomic(false)
    /// When opening it is tried again; nil while nobody wants it open.
    private var retryAt: MonotonicInstant?
    private let retryInterval: Duration

    /// What was there could not be used, since this process started: it was put aside, and an empty file took its place.
    nonisolated var isEmptied: Bool { wasEmptied.load(ordering: .relaxed) }
    /// It could not be opened, the last time that was tried.
    nonisolated var isRefused: Bool { wasRefused.load(ordering: .relaxed) }
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// - Parameter retryInterval: a file that could not be opened is tried again at most so often, when somebody asks for it.
    init(path: String, retryInterval: Duration = .seconds(5)) {
        file = TelemetryFile(path: path)
        self.retryInterval = retryInterval
        executor = ThreadExecutor(name: "telemetry")
    }

    func open() {
        connect { () throws(StorageError) in try file.open() }
    }

    /// Runs `body` in one transaction.
    ///
    /// - Returns: nil if there is no database, or it failed; why has been said then. A damaged file has been replaced by an
    ///   empty one.
    func run<T: Sendable>(_ body: @Sendable (SQLiteConnection) throws(StorageError) -> T) -> T? {
        if connection == nil, let retryAt, retryAt <= .now { open() }
        guard let connection else { return nil }
        do throws(StorageError) {
            let result = try connection.transaction(body)
            trouble = nil
            return result
        } catch {
            if error.isDamage { replace(because: error) } else { report(error) }
            return nil
        }
    }

    /// Gives room that was freed back to the disk, so many pages at most.
    func shrink(pagesMax: Int) {
        do throws(StorageError) {
            try connection?.script("PRAGMA incremental_vacuum(\(pagesMax))")
        } catch {
            report(error)
        }
    }

    /// The time zone of a name: a file of the system, which the loop must not wait for either.
    func timeZone(_ name: String) -> TimeZoneRules? { TimeZoneRules.named(name) }

    /// Brings everything into the one file and closes it.
    func close() {
        connection = nil
        retryAt = nil
    }

    private func replace(because error: StorageError) {
        // Closed before its files are moved.
        connection = nil
        connect { () throws(StorageError) in (try file.startEmpty(because: error), true) }
    }

    private func connect(_ open: () throws(StorageError) -> (connection: SQLiteConnection, isEmptied: Bool)) {
        retryAt = .now + retryInterval
        do throws(StorageError) {
            let opened = try open()
            connection = opened.connection
            if opened.isEmptied { wasEmptied.store(true, ordering: .relaxed) }
        } catch {
            report(error)
        }
        wasRefused.store(connection == nil, ordering: .relaxed)
    }

    private func report(_ error: StorageError) {
        guard error != trouble else { return }
        trouble = error
        Log.warning("telemetry-failed", "telemetry.db is not to be had", ["path": file.path, "reason": error])
    }
}
