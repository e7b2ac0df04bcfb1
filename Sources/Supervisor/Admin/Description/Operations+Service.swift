import JSON

nonisolated extension Operations {
    static let config: [Operation] = [
        .get(
            "/api/config", "The whole configuration as it is in force",
            .json(.named(.config), .object(Examples.config), "The document.")),
        .post(
            "/api/config", "Puts a whole document in place of the stored one",
            takes: .json(
                Shape([
                    "anyOf": [
                        .object(Shape.object(["config": .named(.configDocument)]).json),
                        .object(Shape.named(.configDocument).json),
                    ]
                ]), example: ["config": .object(Examples.config)]), change, .storing),
        .patch(
            "/api/config", "Changes single members (merge patch, RFC 7396)",
            takes: .json(Shape(["type": "object"]), example: ["proxy": ["request_timeout": 200]]), change, .storing),
    ]

    private static let change = Operation.Answer.json(
        .object([
            "success": .constant(true),
            "restart_required": .list(of: .text).says("Members that act at the next start."),
            "overridden_by_env": .list(of: .text).says("Members whose stored value the environment rules over."),
        ]),
        ["success": true, "restart_required": ["proxy.port"], "overridden_by_env": ["proxy.api_key"]],
        "Stored and in force.")

    static let service: [Operation] = [
        .get(
            "/api/proxy/status", "How the service runs",
            .json(.named(.status), Examples.status, "The status.")),
        .post(
            "/api/proxy/start", "Serves AI requests from now on",
            .json(
                .object(["success": .constant(true), "running": .constant(true), "active_accounts": .count]),
                ["success": true, "running": true, "active_accounts": 3]), .storing),
        .post(
            "/api/proxy/stop", "Refuses AI requests from now on; those under way are finished",
            .json(
                .object(["success": .constant(true), "running": .constant(false)]),
                ["success": true, "running": false]), .storing),
        .post(
            "/api/proxy/mapping", "Puts another model mapping in place of the stored one",
            takes: .json(
                Shape([
                    "anyOf": [
                        .object(Shape.object(["custom_mapping": SettingForm.mapping.shape]).json),
                        .object(
                            Shape.object(["config": .object(["custom_mapping": SettingForm.mapping.shape])]).json),
                    ]
                ]), example: ["custom_mapping": ["gpt-4*": "gemini-3-pro-high"]]),
            .json(.object(["success": .constant(true), "count": .count]), ["success": true, "count": 1]), .storing),
        .post(
            "/api/proxy/api-key/generate", "Makes a key, which is stored nowhere",
            .json(.matching("^sk-[0-9a-f]{32}$"), "sk-0123456789abcdef0123456789abcdef", "The key.")),
        .post(
            "/api/proxy/session-bindings/clear", "Lets every conversation choose its account anew",
            .json(.object(["success": .constant(true), "cleared": .count]), ["success": true, "cleared": 12])),
        .get(
            "/api/proxy/preferred-account", "The account that serves everything it can",
            .json(Shape.id.orNull, Examples.id, "Its id; null if there is none.")),
        .post(
            "/api/proxy/preferred-account", "Prefers an account, or none",
            takes: .json(
                .object(optional: ["accountId": .bounded(1...256).orNull]), example: ["accountId": Examples.id]),
            .json(
                .object(["success": .constant(true), "account_id": Shape.id.orNull]),
                ["success": true, "account_id": Examples.id]), [.accountNotFound] + .storing),
        .post(
            "/api/proxy/workers/restart", "Replaces the workers one after the other",
            .json(
                .object(["success": .constant(true), "workers": .list(of: .named(.worker))]),
                ["success": true, "workers": [Examples.worker]], "The first new worker is ready."), rolling),
        .post(
            "/api/proxy/reload", "Reads the files of the settings again and replaces the workers", .success, rolling),
    ]

    private static let rolling: [AdminError.Code] = [.internalError, .stateUnavailable]
}
