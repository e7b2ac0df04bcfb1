/// What the admin API shows of the rest of the supervisor; filled in as the start goes on.
final class ServiceFacts {
    var listener: ListenerFacts
    /// Nil until the workers are being started.
    weak var workers: (any WorkerDirectory)?
    /// How the databases are.
    var storage: () -> StorageFacts = { StorageFacts() }
    /// The public address of the tunnel; nil while it has none.
    var tunnelURL: () -> String? = { nil }
    /// A tunnel was wanted and will not be started again by itself.
    var hasTunnelFailed: () -> Bool = { false }
    /// Reads the files of the settings again and replaces the workers; nil until the gateway runs.
    var reload: (() async throws -> Void)?
    /// The process is stopping.
    var isStopping = false {
        didSet { if isStopping { onStopping?() } }
    }
    /// Called when the stop begins: whoever waits for something that may take minutes is answered.
    var onStopping: (() -> Void)?

    /// Where programs of this machine reach the gateway.
    var baseURL: String { "http://127.0.0.1:\(listener.port)" }

    init(listener: ListenerFacts) { self.listener = listener }
}

/// How the databases are.
nonisolated struct StorageFacts: Sendable, Equatable {
    /// The disk of the data folder has no room for changes.
    var isFull = false
    /// The backup that took the place of a damaged state at this start.
    var restoredFrom: String?
    /// The traffic log, the statistics and what the scheduler had learnt could not be used; they began anew.
    var isTelemetryEmptied = false
    /// telemetry.db cannot be opened at present; it is tried again and again.
    var isTelemetryRefused = false
}

/// Where the gateway can be reached.
nonisolated struct ListenerFacts: Sendable, Equatable {
    var port: Int
    /// Every listener is bound to a loopback address.
    var isLoopbackOnly: Bool
}
