import Glibc
import IPC

nonisolated extension TunnelLifecycle.State {
    /// As the admin API and the log name it.
    var word: String {
        switch self {
        case .stopped: "stopped"
        case .starting: "starting"
        case .connected: "connected"
        case .degraded: "degraded"
        case .backoff: "backoff"
        case .stopping: "stopping"
        case .failed: "failed"
        }
    }

    /// Connections with Cloudflare.
    var connections: Int {
        if case .connected(let count) = self { count } else { 0 }
    }
}

nonisolated extension TunnelLifecycle.Ending {
    init(_ ending: TunnelState.Ending?) {
        switch ending {
        case nil: self = .unknown
        case let ending? where ending.isSignal: self = .signaled(Int32(ending.number))
        case let ending?: self = .exited(code: Int32(ending.number))
        }
    }

    var text: String {
        switch self {
        case .exited(let code): "Tunnel process exited (status: \(code))"
        case .signaled(let number): "Tunnel process exited (signal: \(number))"
        case .unknown: "Tunnel process exited (status unknown: its keeper is gone)"
        }
    }
}
