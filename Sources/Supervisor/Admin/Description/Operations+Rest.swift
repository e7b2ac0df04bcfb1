import JSON

nonisolated extension Operations {
    static let health: [Operation] = [
        .get("/api/health", "Whether the gateway serves", access: .open, healthAnswer),
        .get(
            "/healthz", "Whether the gateway serves; in mode `strict` with the API key", access: .health, healthAnswer),
        .get("/health", "Whether the gateway serves; in mode `strict` with the API key", access: .health, healthAnswer),
    ]

    static let rest: [Operation] = [
        .get(
            "/metrics", "What the gateway counts; programs of this machine may be let in without the token",
            access: .metrics, .page("text/plain", "The Prometheus text format.")),
        .get(
            "/api/openapi.json", "This description",
            .json(
                Shape(["type": "object", "required": ["openapi", "info", "paths"]]),
                ["openapi": "3.1.0", "info": ["title": "Antigravity Gateway", "version": "0.1.0"], "paths": [:]],
                "OpenAPI 3.1.")),
        .get(
            "/api/system/data-dir", "The data folder",
            .json(.text, "/var/lib/antigravity-gateway", "Its path.")),
        .get(
            "/api/system/updates/check-status", "Packages bring updates", .json(.constant(false), false, "No.")),
        .get(
            "/api/system/updates/settings", "Packages bring updates",
            .json(
                .object(["auto_check": .flag, "last_check_time": .integer, "check_interval_hours": .integer]),
                ["auto_check": false, "last_check_time": 0, "check_interval_hours": 24])),
        .post("/v1/api/event_logging", eventsText, access: .open, takes: .ignored, events),
        .post("/v1/api/event_logging/batch", eventsText, access: .open, takes: .ignored, events),
        .post("/api/event_logging/batch", eventsText, access: .open, takes: .ignored, events),
        .get("/", "A page that says what this is", access: .open, .page("text/html", "The page.")),
    ]

    private static let eventsText = "Events of coding clients, thrown away"
    private static let events = Operation.Answer.json(.object(["status": .constant("ok")]), ["status": "ok"])

    private static let healthAnswer: Operation.Answer = {
        var answer = Operation.Answer.json(
            .object(
                ["status": .word(["ok", "degraded", "stopping"]), "version": .text],
                optional: ["reasons": Shape.list(of: .text).says("While it is degraded.")]),
            ["status": "ok", "version": "0.1.0"], "It serves, perhaps with something amiss.")
        answer.other = (503, "It is stopping.")
        return answer
    }()
}
