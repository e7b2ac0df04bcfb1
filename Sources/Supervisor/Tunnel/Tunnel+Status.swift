import Glibc
import IPC
import Platform

/// What is told of the tunnel.
extension Tunnel {
    /// The public address while the tunnel has one.
    var url: String? {
        guard lifecycle.isRunning, process?.phase == .running else { return nil }
        let configured = around.config.current.tunnel.hostname
        if wish.mode == .named, !configured.isEmpty { return "https://" + configured }
        return hostname.map { "https://" + $0 } ?? process?.address
    }

    func status() async -> TunnelStatus {
        let program = await find()
        let isProcess = lifecycle.isRunning && process?.phase == .running
        return TunnelStatus(
            program: program, state: lifecycle.state, url: url, error: failureText.map(withoutSecrets),
            mode: lifecycle.state == .stopped ? nil : wish.mode, pid: isProcess ? process.map { Int($0.pid) } : nil,
            restarts: lifecycle.restarts,
            startedAtUnixSeconds: isProcess ? process.map { Int($0.startedAtUnixSeconds) } : nil,
            retryAtUnixSeconds: retryAtUnixSeconds)
    }

    /// cloudflared's words may hold what it was given.
    private func withoutSecrets(_ text: String) -> String {
        let config = around.config.current
        return LiteralSecrets([wish.token ?? "", config.tunnel.wish.token ?? "", config.apiKey, config.adminToken])
            .removed(from: text)
    }

    /// It was wanted, and nothing is tried any more.
    var hasFailed: Bool {
        if case .failed = lifecycle.state { true } else { false }
    }

    /// The keeper, while it is a child of this process.
    func isOwnChild(_ pid: pid_t) -> Bool { link?.pid == pid }

    /// Waits for the public address, for the tunnel's end, or for so long.
    func awaitAddress(within limit: Duration) async {
        await changes.until(within: limit) { [self] in url != nil || !lifecycle.isRunning || isStopping }
    }
}
