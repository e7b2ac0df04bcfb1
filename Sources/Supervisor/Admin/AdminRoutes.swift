import HTTP

/// The routes the supervisor serves, in the order of the API reference.
enum AdminRoutes {
    static func all(
        accounts: AccountsAPI, config: ConfigAPI, proxy: ProxyAPI, health: HealthAPI
    ) -> [Route<AdminHandler>] {
        [
            // Open to everybody.
            .get("/api/health", .open(health.health)),
            .get("/healthz", .health(health.health)),
            .get("/health", .health(health.health)),
            .post("/v1/api/event_logging", .open(health.ignoreEvents)),
            .post("/v1/api/event_logging/batch", .open(health.ignoreEvents)),
            .post("/api/event_logging/batch", .open(health.ignoreEvents)),
            .get("/", .open { _ in FrontPage.answer }),
            // Accounts.
            .get("/api/accounts", .admin(accounts.list)),
            .post("/api/accounts", .admin(accounts.add)),
            .get("/api/accounts/current", .admin(accounts.current)),
            .post("/api/accounts/limits/clear", .admin(accounts.clearLimits)),
            // Configuration.
            .get("/api/config", .admin(config.get)),
            .post("/api/config", .admin(config.replace)),
            .patch("/api/config", .admin(config.merge)),
            // The service.
            .get("/api/proxy/status", .admin(proxy.status)),
            .post("/api/proxy/workers/restart", .admin(proxy.restartWorkers)),
        ]
    }
}
