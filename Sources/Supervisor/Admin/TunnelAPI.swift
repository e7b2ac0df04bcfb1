import JSON
import Platform
import Transport

/// `/api/proxy/cloudflared`: the tunnel.
final class TunnelAPI {
    /// How long a start that asks for the address waits for it.
    nonisolated static let addressLimit = Duration.seconds(30)

    private let tunnel: Tunnel
    private let installer: CloudflaredInstaller
    private let config: ConfigStore

    init(tunnel: Tunnel, installer: CloudflaredInstaller, config: ConfigStore) {
        self.tunnel = tunnel
        self.installer = installer
        self.config = config
    }

    /// `GET /api/proxy/cloudflared/status`
    func status(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer { await answer() }

    /// `POST /api/proxy/cloudflared/start`: answers when the process runs; with `wait` when its address is known, or after 30 s.
    func start(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        let waits = try request.flag("wait") ?? false
        let wish =
            switch request.body["config"] {
            case nil, .null: try TunnelWish(request.body, path: "")
            case .object(let members): try TunnelWish(members, path: "config.")
            case _?: throw AdminError.field("config", "must be an object")
            }
        do throws(TunnelError) { try await tunnel.start(wish) } catch { throw Self.error(error) }
        if waits { await tunnel.awaitAddress(within: Self.addressLimit) }
        return await answer()
    }

    /// `POST /api/proxy/cloudflared/stop`: answers when the process has ended.
    func stop(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        do throws(TunnelError) { try await tunnel.stop() } catch { throw Self.error(error) }
        return await answer()
    }

    /// `POST /api/proxy/cloudflared/install`: fetches cloudflared unless there is one.
    func install(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        guard await tunnel.status().program == nil else { return await answer() }
        let release = try release()
        let options = GoogleCalls.Options(config)
        do throws(CloudflaredInstaller.Failure) {
            try await installer.install(release, options: options.client, userAgent: options.userAgent)
        } catch {
            throw Self.error(error)
        }
        return await answer()
    }

    private func release() throws(AdminError) -> CloudflaredRelease {
        let settings = config.current.tunnel
        let missing = [("gateway.tunnel.version", settings.version), ("gateway.tunnel.sha256", settings.sha256)]
            .filter { $0.1.isEmpty }.map { $0.0 }
        guard missing.isEmpty else {
            throw AdminError(
                .invalidRequest,
                "The installation needs \(missing.joined(separator: " and ")): which release, and its digest.",
                details: ["field": .string(missing[0]), "missing": .array(missing.map { .string($0) })])
        }
        return CloudflaredRelease(base: settings.releases, version: settings.version, sha256: settings.sha256)
    }

    private func answer() async -> AdminAnswer {
        let status = await tunnel.status()
        return .json([
            "installed": .bool(status.program != nil), "version": .text(status.program?.version.text),
            "running": .bool(status.isRunning), "url": .text(status.url), "error": .text(status.error),
            "mode": .text(status.mode?.rawValue), "pid": .count(status.pid), "restarts": .int(status.restarts),
            "started_at": .count(status.startedAtUnixSeconds), "state": .string(status.state.word),
            "ready_connections": .int(status.state.connections), "retry_at": .count(status.retryAtUnixSeconds),
        ])
    }

    private static func error(_ error: TunnelError) -> AdminError {
        switch error {
        case .notInstalled:
            AdminError(
                .tunnelNotInstalled,
                "Cloudflared not installed: install its package, set gateway.tunnel.binary, or use the install call.")
        case .noKey:
            AdminError(
                .invalidRequest, "proxy.api_key is empty: a tunnel would lead everybody to it.",
                details: ["field": "proxy.api_key"])
        case .couldNotStart(let reason): AdminError(.internalError, "Cloudflared could not be started: \(reason)")
        case .config(let error): .config(error)
        case .stopping: AdminError(.stateUnavailable, "The service is stopping.")
        }
    }

    private static func error(_ failure: CloudflaredInstaller.Failure) -> AdminError {
        switch failure {
        case .machine(let name):
            AdminError(.notImplemented, "There is no cloudflared to install on a machine of the kind \(name).")
        case .download(let reason): AdminError(.upstreamError, "Cloudflared was not installed: \(reason).")
        case .noRoom: .storage(.full)
        }
    }
}

nonisolated extension JSONValue {
    fileprivate static func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
    fileprivate static func count(_ count: Int?) -> JSONValue { count.map { .int($0) } ?? .null }
}
