import JSON
import Platform

/// `/api/proxy/cli`: points command-line clients in the home folder at this gateway, and back.
final class CLISyncAPI {
    private let desk: CLISyncDesk
    private let config: ConfigStore
    private let facts: ServiceFacts
    private let publicURL: String?

    /// - Parameter publicURL: under which the gateway is reached from elsewhere; nil: nobody has said.
    init(desk: CLISyncDesk, config: ConfigStore, facts: ServiceFacts, publicURL: String?) {
        self.desk = desk
        self.config = config
        self.facts = facts
        self.publicURL = publicURL
    }

    /// `POST /api/proxy/cli/sync`
    func sync(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        let app = try Self.app(request)
        let address = try address(request)
        let target = CLITarget(url: address.url(for: app), key: try key(request))
        if try request.flag("dryRun") ?? false {
            let previews = try await run { () async throws(CLISyncError) in try await desk.preview(app, target) }
            return .json(CLISyncText.json(previews))
        }
        let outcome = try await run { () async throws(CLISyncError) in try await desk.sync(app, target) }
        Log.notice(
            "client-synced", "a client's files point at this gateway",
            ["client": app.program, "written": outcome.written.count])
        return .json(CLISyncText.json(synced: outcome))
    }

    /// `POST /api/proxy/cli/restore`
    func restore(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        let app = try Self.app(request)
        let outcome = try await run { () async throws(CLISyncError) in try await desk.restore(app) }
        Log.notice(
            "client-restored", "a client's files are as they were",
            ["client": app.program, "restored": outcome.restored.count, "removed": outcome.removed.count])
        return .json(CLISyncText.json(restored: outcome))
    }

    /// `POST /api/proxy/cli/status`
    func status(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        let app = try Self.app(request)
        let url = try address(request).url(for: app)
        let status = try await run { () async throws(CLISyncError) in try await desk.status(app, url: url) }
        return .json(CLISyncText.json(status, of: app))
    }

    /// `POST /api/proxy/cli/config`: the content of one file, its secrets included.
    func content(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        let app = try Self.app(request)
        let name = try request.text("fileName", length: 1...256) ?? app.files[0].name
        guard let file = app.files.first(where: { $0.name == name }) else {
            throw .field("fileName", "must be one of \(app.files.map(\.name).joined(separator: ", "))")
        }
        let text = try await run { () async throws(CLISyncError) in try await desk.content(of: file) }
        return .json(.string(text))
    }

    // MARK: Requests

    private static func app(_ request: AdminRequest) throws(AdminError) -> CLIApp {
        guard let name = try request.text("appType", length: 1...64) else { throw .field("appType", "is missing") }
        guard let app = CLIApp(spelling: name) else {
            throw .field("appType", "must be \(CLIApp.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return app
    }

    private func address(_ request: AdminRequest) throws(AdminError) -> CLIAddress {
        let text: String
        if let given = try request.text("proxyUrl", length: 1...CLIAddress.sizeMaxBytes) {
            text = given
        } else if try request.flag("usePublicUrl") ?? false {
            guard let url = publicURL ?? facts.tunnelURL() else {
                throw .field(
                    "usePublicUrl",
                    "needs an address that the gateway does not know: set ANTIGRAVITY_PUBLIC_URL, or start a tunnel")
            }
            text = url
        } else {
            text = facts.baseURL
        }
        guard let address = CLIAddress(text) else {
            throw .field("proxyUrl", "must be an http or https address without query, fragment, blanks and quotes")
        }
        return address
    }

    private func key(_ request: AdminRequest) throws(AdminError) -> String {
        guard let key = try request.text("apiKey", length: 0...256) else { return config.current.apiKey }
        guard CLISyncText.isKey(key) else { throw .field("apiKey", "must be printable ASCII without blanks") }
        return key
    }

    private func run<T>(_ body: () async throws(CLISyncError) -> T) async throws(AdminError) -> T {
        do throws(CLISyncError) { return try await body() } catch { throw .cliSync(error) }
    }
}

nonisolated extension AdminError {
    static func cliSync(_ error: CLISyncError) -> AdminError {
        switch error {
        case .noHome: AdminError(.homeNotWritable, "\(error.text) \(CLISyncText.homeHint)")
        case .notWritable(let path, _): about(path, .homeNotWritable, "\(error.text) \(CLISyncText.homeHint)")
        case .unusable(let path, _): about(path, .configFileUnreadable, error.text)
        case .changing(let path): about(path, .stateUnavailable, error.text)
        case .missing(let path): about(path, .configFileNotFound, error.text)
        case .noRoom(let path): about(path, .storageFull, error.text)
        case .memory(let error): .storage(error)
        }
    }

    private static func about(_ path: String, _ code: Code, _ text: String) -> AdminError {
        AdminError(code, text, details: ["path": .string(path)])
    }
}
