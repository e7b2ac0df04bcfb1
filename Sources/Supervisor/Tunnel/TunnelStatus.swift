/// What is told of the tunnel.
nonisolated struct TunnelStatus: Equatable, Sendable {
    var program: CloudflaredProgram?
    var state: TunnelLifecycle.State
    /// The public address; nil while it is not known.
    var url: String?
    /// Why there is no process, with cloudflared's last words.
    var error: String?
    /// Of the process, or of the last one.
    var mode: TunnelWish.Mode?
    var pid: Int?
    var restarts: Int
    var startedAtUnixSeconds: Int?
    /// When the next process is started.
    var retryAtUnixSeconds: Int?

    var isRunning: Bool {
        switch state {
        case .starting, .connected, .degraded: true
        case .stopped, .backoff, .stopping, .failed: false
        }
    }
}

/// Why a tunnel was not started or stopped.
nonisolated enum TunnelError: Error, Equatable, Sendable {
    case notInstalled
    /// Without a key everybody could use the accounts, or nobody could.
    case noKey
    case couldNotStart(String)
    case config(ConfigChangeError)
    case stopping
}
