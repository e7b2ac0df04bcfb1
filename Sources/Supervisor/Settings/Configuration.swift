import JSON
import Scheduling

/// The configuration in force: the environment over the stored document over the defaults, each value in the type its
/// users want. A new one is made with every change.
nonisolated struct Configuration: Sendable, Equatable {
    /// Every member of the table and every unknown one.
    let values: JSONObject

    let port: Int
    /// Listen on every address, not on 127.0.0.1 alone.
    let listensBeyondLoopback: Bool
    let authMode: AuthMode
    /// Empty: nothing opens the AI endpoints.
    let apiKey: String
    /// What opens the admin API: the password if one is set, else the API key.
    let adminToken: String
    let startsEnabled: Bool
    /// The traffic log is kept.
    let recordsRequests: Bool
    /// Of which requests the traffic log keeps bodies, in the word of the setting.
    let keptBodies: String
    /// Quota is read in the background, so many minutes apart.
    let readsQuota: Bool
    let quotaReadMinutes: Int
    /// How often the editor's login is looked at; nil: never.
    let editorSyncInterval: Duration?
    let warmup: Warmup
    let requestTimeout: Duration
    /// The proxy for every outgoing call; nil while it is switched off.
    let upstreamProxy: String?
    let reasoningMode: ReasoningMode
    /// Code Assist addresses the operator lists; empty means Google's own.
    let upstreamBases: [String]
    let userAgent: String
    let usesHTTP2: Bool
    /// Trusted certificates; nil means the system's.
    let certificateFile: String?
    /// How accounts are shared out; the number of base addresses is not settled here.
    let scheduling: SchedulerSettings
    let exposesAccount: Bool
    /// Web pages that may use the admin API beside our own.
    let adminOrigins: [String]
    /// Programs of this machine may read the metrics.
    let showsMetricsLocally: Bool
    let remembersSignatures: Bool
    let tunnel: TunnelSettings
    let connections: ConnectionSettings
    let workers: WorkerSettings

    /// Which models are asked once when their quota is untouched.
    struct Warmup: Sendable, Equatable {
        let isEnabled: Bool
        let models: [String]
    }

    enum AuthMode: String, Sendable, CaseIterable {
        case off, strict
        case allExceptHealth = "all_except_health"
        case auto
    }

    /// The tunnel that is wanted, and how tunnels are treated.
    struct TunnelSettings: Sendable, Equatable {
        /// One is to run whenever the gateway does; nil: nothing has ever been said about it.
        let isEnabled: Bool?
        let wish: TunnelWish
        /// What comes through it may reach the admin API.
        let showsAdmin: Bool
        /// Empty: found elsewhere.
        let binary: String
        /// Of a named tunnel; empty: not set.
        let hostname: String
        let releases: String
        /// Empty: not set.
        let version, sha256: String
    }

    /// How the server treats client connections.
    struct ConnectionSettings: Sendable, Equatable {
        let countMax: Int
        let requestsMax: Int
        let headTimeout, bodyTimeout, idleTimeout, writeTimeout: Duration
        let bodySizeMaxBytes: Int
    }

    /// How long worker processes may take.
    struct WorkerSettings: Sendable, Equatable {
        let readyTimeout, drainTimeout, rollTimeout: Duration
    }

    init(document: ConfigDocument, settings: Settings) {
        var document = JSONValue.object(document.shown(overrides: settings.overrides))
        for setting in SettingsTable.gateway {
            guard let path = setting.member, document[path: path] == nil, case .value(let value) = setting.fallback
            else { continue }
            document[path: path] = value
        }
        let values = Values(root: document)
        self.values = document.object ?? [:]
        port = values.int("proxy.port")
        listensBeyondLoopback = values.flag("proxy.allow_lan_access")
        authMode = AuthMode(rawValue: values.text("proxy.auth_mode")) ?? .auto
        apiKey = values.text("proxy.api_key")
        let password = values.text("proxy.admin_password")
        adminToken = password.isEmpty ? apiKey : password
        startsEnabled = values.flag("proxy.auto_start")
        recordsRequests = values.flag("proxy.enable_logging")
        keptBodies = values.text("gateway.logging.bodies")
        readsQuota = values.flag("auto_refresh")
        quotaReadMinutes = values.int("refresh_interval")
        editorSyncInterval = values.flag("auto_sync") ? values.seconds("sync_interval") : nil
        warmup = Warmup(
            isEnabled: values.flag("scheduled_warmup.enabled"),
            models: values.texts("scheduled_warmup.monitored_models"))
        requestTimeout = values.seconds("proxy.request_timeout")
        let proxy = values.text("proxy.upstream_proxy.url").trimmed
        upstreamProxy = values.flag("proxy.upstream_proxy.enabled") && !proxy.isEmpty ? proxy : nil
        reasoningMode =
            ReasoningMode(spelling: values.text("proxy.cursor_reasoning_mode")) ?? settings.reasoningMode ?? .thinkTags
        upstreamBases = values.texts("gateway.upstream.bases")
        userAgent = values.text("gateway.upstream.user_agent")
        usesHTTP2 = values.flag("gateway.upstream.http2")
        let certificates = values.text("gateway.upstream.ca_file")
        certificateFile = certificates.isEmpty ? nil : certificates
        scheduling = SchedulerSettings(values)
        exposesAccount = values.flag("gateway.logging.expose_account_header")
        remembersSignatures = values.flag("proxy.experimental.enable_signature_cache")
        showsMetricsLocally = values.flag("gateway.http.metrics_without_token")
        adminOrigins = values.texts("gateway.http.admin_cors_origins")
        tunnel = TunnelSettings(
            isEnabled: values.root[path: TunnelWish.member + ".enabled"]?.bool,
            wish: TunnelWish(stored: values.root[path: TunnelWish.member]),
            showsAdmin: values.flag("gateway.tunnel.admin"), binary: values.text("gateway.tunnel.binary"),
            hostname: values.text("gateway.tunnel.hostname"), releases: values.text("gateway.tunnel.releases"),
            version: values.text("gateway.tunnel.version"), sha256: values.text("gateway.tunnel.sha256"))
        connections = ConnectionSettings(
            countMax: values.int("gateway.http.connections_max"),
            requestsMax: values.int("gateway.http.requests_per_connection_max"),
            headTimeout: values.seconds("gateway.http.head_timeout"),
            bodyTimeout: values.seconds("gateway.http.body_timeout"),
            idleTimeout: values.seconds("gateway.http.idle_timeout"),
            writeTimeout: values.seconds("gateway.http.write_timeout"), bodySizeMaxBytes: settings.bodySizeMaxBytes)
        workers = WorkerSettings(
            readyTimeout: values.seconds("gateway.workers.ready_timeout"),
            drainTimeout: values.seconds("gateway.workers.drain_timeout"),
            rollTimeout: values.seconds("gateway.workers.roll_timeout"))
    }

    /// `off` acts only while nobody but this machine can connect.
    func effectiveAuthMode(isReachableFromOutside: Bool) -> AuthMode {
        switch authMode {
        case .auto: .allExceptHealth
        case .off where isReachableFromOutside: .allExceptHealth
        case .off, .strict, .allExceptHealth: authMode
        }
    }
}

/// Reads a checked document: a member that is not there or null reads as the empty value of its type.
nonisolated fileprivate struct Values {
    let root: JSONValue

    func int(_ path: String) -> Int { root[path: path]?.int ?? 0 }
    func number(_ path: String) -> Double { root[path: path]?.double ?? 0 }
    func flag(_ path: String) -> Bool { root[path: path]?.bool ?? false }
    func text(_ path: String) -> String { root[path: path]?.string ?? "" }
    func texts(_ path: String) -> [String] { root[path: path]?.array?.compactMap(\.string) ?? [] }
    func seconds(_ path: String) -> Duration { .seconds(int(path)) }
}

nonisolated extension SchedulerSettings {
    /// The document's part in scheduling. What it leaves out keeps its default.
    fileprivate init(_ values: Values) {
        self.init()
        mode = SchedulingMode(rawValue: values.text("proxy.scheduling.mode")) ?? .balance
        let preferred = values.text("proxy.preferred_account_id")
        preferredAccount = preferred.isEmpty ? nil : preferred
        boundWaitMaxMilliseconds = 1000 * values.int("proxy.scheduling.max_wait_seconds")
        sessionLifetimeMilliseconds = 1000 * values.int("gateway.scheduling.session_ttl")
        sessionCountMax = values.int("gateway.scheduling.session_max")
        leasesPerAccountMax = values.int("gateway.scheduling.max_inflight_per_account")
        grantIntervalMilliseconds = values.int("gateway.scheduling.min_start_interval_ms")
        requestsPerMinute = values.int("gateway.scheduling.rpm_per_cell")
        waitMaxMilliseconds = 1000 * values.int("gateway.scheduling.park_max_seconds")
        waitersPerKeyMax = values.int("gateway.scheduling.queue_per_key")
        waitersMax = values.int("gateway.scheduling.queue_total")
        retryBudgetTokens = values.int("gateway.scheduling.retry_budget_min")
        retryBudgetPerRequestThousandths = Int(values.number("gateway.scheduling.retry_budget_ratio") * 1000)
        breaksCircuits = values.root[path: "circuit_breaker.enabled"]?.bool ?? true
        let steps = values.root[path: "circuit_breaker.backoff_steps"]?.array?.compactMap(\.int) ?? []
        if !steps.isEmpty { quotaStepsMilliseconds = steps.map { 1000 * $0 } }
        protection.isEnabled = values.flag("quota_protection.enabled")
        protection.thresholdPercentage = values.int("quota_protection.threshold_percentage")
        protection.monitoredModels = values.texts("quota_protection.monitored_models")
    }
}
