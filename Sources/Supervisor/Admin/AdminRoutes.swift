import HTTP

/// The routes the supervisor serves, in the order of the API reference. `Operations` describes each of them.
enum AdminRoutes {
    /// What serves them.
    struct Handlers {
        let health: HealthAPI
        let accounts: AccountsAPI
        let care: AccountCareAPI
        let quota: QuotaAPI
        let login: LoginAPI
        let warmup: WarmupAPI
        let imports: ImportsAPI
        let devices: DevicesAPI
        let config: ConfigAPI
        let proxy: ProxyAPI
        let control: ProxyControlAPI
        let tunnel: TunnelAPI
        let logs: LogsAPI
        let stats: StatsAPI
        let clients: CLISyncAPI
        let system: SystemAPI
        let metrics: MetricsAPI
    }

    static func all(_ handlers: Handlers) -> [Route<AdminHandler>] {
        open(handlers.health) + accounts(handlers) + login(handlers.login) + imports(handlers.imports)
            + devices(handlers.devices)
            + service(handlers) + clients(handlers.clients) + tunnel(handlers.tunnel) + traffic(handlers.logs)
            + tokens(handlers.stats)
    }

    /// At the control socket alone: what no client of the admin API may have or needs.
    static func local(backup: BackupAPI, doctor: DoctorAPI) -> [Route<AdminHandler>] {
        [
            .post("/api/system/backup", .admin(backup.make)),
            .get("/api/system/doctor", .admin(doctor.look)),
        ]
    }

    private static func open(_ health: HealthAPI) -> [Route<AdminHandler>] {
        [
            .get("/api/health", .open(health.health)),
            .get("/healthz", .health(health.health)),
            .get("/health", .health(health.health)),
            .post("/v1/api/event_logging", .open(health.ignoreEvents)),
            .post("/v1/api/event_logging/batch", .open(health.ignoreEvents)),
            .post("/api/event_logging/batch", .open(health.ignoreEvents)),
            .get("/", .open { _ in FrontPage.answer }),
        ]
    }

    private static func accounts(_ all: Handlers) -> [Route<AdminHandler>] {
        let (accounts, care, quota) = (all.accounts, all.care, all.quota)
        return [
            .get("/api/accounts", .admin(accounts.list)),
            .post("/api/accounts", .admin(accounts.add)),
            .get("/api/accounts/current", .admin(accounts.current)),
            .get("/api/accounts/:id", .admin(accounts.get)),
            .delete("/api/accounts/:id", .admin(care.remove)),
            .post("/api/accounts/switch", .admin(care.switchCurrent)),
            .post("/api/accounts/refresh", .admin(quota.refreshAll)),
            .get("/api/accounts/:id/quota", .admin(quota.read)),
            .post("/api/accounts/:id/toggle-proxy", .admin(care.toggleProxy)),
            .post("/api/accounts/bulk-delete", .admin(care.removeAll)),
            .post("/api/accounts/reorder", .admin(care.reorder)),
            .post("/api/accounts/warmup", .admin(all.warmup.all)),
            .post("/api/accounts/:id/warmup", .admin(all.warmup.one)),
            .post("/api/accounts/limits/clear", .admin(accounts.clearLimits)),
        ]
    }

    private static func login(_ login: LoginAPI) -> [Route<AdminHandler>] {
        [
            .post("/api/accounts/oauth/start", .admin(login.start)),
            .post("/api/accounts/oauth/prepare", .admin(login.prepare)),
            .get("/api/auth/url", .admin(login.url)),
            .get("/api/accounts/oauth/status", .admin(login.status)),
            .post("/api/accounts/oauth/complete", .admin(login.complete)),
            .post("/api/accounts/oauth/submit-code", .admin(login.submitCode)),
            .post("/api/accounts/oauth/cancel", .admin(login.cancel)),
            .get("/auth/callback", .open(login.callback)),
        ]
    }

    private static func imports(_ imports: ImportsAPI) -> [Route<AdminHandler>] {
        [
            .post("/api/accounts/import/db", .admin(imports.database)),
            .post("/api/accounts/import/db-custom", .admin(imports.customDatabase)),
            .post("/api/accounts/import/v1", .admin(imports.old)),
            .post("/api/accounts/import/upload", .upload(imports.upload)),
            .post("/api/accounts/sync/db", .admin(imports.sync)),
            .post("/api/accounts/export", .admin(imports.export)),
        ]
    }

    private static func devices(_ devices: DevicesAPI) -> [Route<AdminHandler>] {
        [
            .post("/api/accounts/:id/bind-device", .admin(devices.bindNew)),
            .get("/api/accounts/:id/device-profiles", .admin(devices.view)),
            .get("/api/accounts/:id/device-versions", .admin(devices.view)),
            .post("/api/accounts/device-preview", .admin(devices.preview)),
            .post("/api/accounts/:id/bind-device-profile", .admin(devices.bindGiven)),
            .post("/api/accounts/:id/device-versions/:versionId/restore", .admin(devices.restore)),
            .delete("/api/accounts/:id/device-versions/:versionId", .admin(devices.delete)),
            .post("/api/accounts/restore-original", .admin(devices.restoreOriginal)),
        ]
    }

    private static func service(_ all: Handlers) -> [Route<AdminHandler>] {
        let (config, proxy, control, system) = (all.config, all.proxy, all.control, all.system)
        return [
            .get("/api/config", .admin(config.get)),
            .post("/api/config", .admin(config.replace)),
            .patch("/api/config", .admin(config.merge)),
            .get("/api/proxy/status", .admin(proxy.status)),
            .post("/api/proxy/start", .admin(control.start)),
            .post("/api/proxy/stop", .admin(control.stop)),
            .post("/api/proxy/mapping", .admin(control.replaceMapping)),
            .post("/api/proxy/api-key/generate", .admin(control.makeKey)),
            .post("/api/proxy/session-bindings/clear", .admin(control.clearBindings)),
            .get("/api/proxy/preferred-account", .admin(control.preferredAccount)),
            .post("/api/proxy/preferred-account", .admin(control.prefer)),
            .post("/api/proxy/workers/restart", .admin(proxy.restartWorkers)),
            .get("/api/system/data-dir", .admin(system.dataDirectory)),
            .get("/api/system/updates/check-status", .admin(system.updateStatus)),
            .get("/api/system/updates/settings", .admin(system.updateSettings)),
            .post("/api/proxy/reload", .admin(proxy.reload)),
            .get("/metrics", .metrics(all.metrics.read)),
            .get("/api/openapi.json", .admin(DescriptionAPI.read)),
        ]
    }

    private static func clients(_ clients: CLISyncAPI) -> [Route<AdminHandler>] {
        [
            .post("/api/proxy/cli/sync", .admin(clients.sync)),
            .post("/api/proxy/cli/restore", .admin(clients.restore)),
            .post("/api/proxy/cli/status", .admin(clients.status)),
            .post("/api/proxy/cli/config", .admin(clients.content)),
        ]
    }

    private static func tunnel(_ tunnel: TunnelAPI) -> [Route<AdminHandler>] {
        [
            .get("/api/proxy/cloudflared/status", .admin(tunnel.status)),
            .post("/api/proxy/cloudflared/start", .admin(tunnel.start)),
            .post("/api/proxy/cloudflared/stop", .admin(tunnel.stop)),
            .post("/api/proxy/cloudflared/install", .admin(tunnel.install)),
        ]
    }

    private static func traffic(_ logs: LogsAPI) -> [Route<AdminHandler>] {
        [
            .get("/api/logs", .admin(logs.list)),
            .get("/api/logs/count", .admin(logs.count)),
            .get("/api/logs/stream", .admin(logs.stream)),
            .get("/api/logs/:id", .admin(logs.get)),
            .post("/api/logs/clear", .admin(logs.clear)),
            .get("/api/proxy/stats", .admin(logs.stats)),
            .post("/api/proxy/monitor/toggle", .admin(logs.toggle)),
        ]
    }

    private static func tokens(_ stats: StatsAPI) -> [Route<AdminHandler>] {
        [
            .get("/api/stats/token/hourly", .admin(stats.hourly)),
            .get("/api/stats/token/daily", .admin(stats.daily)),
            .get("/api/stats/token/weekly", .admin(stats.weekly)),
            .get("/api/stats/token/by-account", .admin(stats.byAccount)),
            .get("/api/stats/token/by-model", .admin(stats.byModel)),
            .get("/api/stats/token/summary", .admin(stats.summary)),
            .get("/api/stats/token/model-trend/hourly", .admin(stats.modelTrendHourly)),
            .get("/api/stats/token/model-trend/daily", .admin(stats.modelTrendDaily)),
            .get("/api/stats/token/account-trend/hourly", .admin(stats.accountTrendHourly)),
            .get("/api/stats/token/account-trend/daily", .admin(stats.accountTrendDaily)),
            .post("/api/stats/token/clear", .admin(stats.clear)),
            // Older names.
            .get("/api/stats/hourly", .admin(stats.hourly)),
            .get("/api/stats/daily", .admin(stats.daily)),
            .get("/api/stats/weekly", .admin(stats.weekly)),
            .get("/api/stats/summary", .admin(stats.summary)),
            .get("/api/stats/accounts", .admin(stats.byAccount)),
            .get("/api/stats/models", .admin(stats.byModel)),
        ]
    }
}
