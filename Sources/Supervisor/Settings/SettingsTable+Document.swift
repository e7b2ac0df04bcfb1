import JSON

nonisolated extension SettingsTable {
    /// The configuration document of the admin API, in the order in which a fresh one is written.
    static let document: [Setting] = general + proxy + quota + rememberedTunnel

    private static let standardModels: JSONValue = [
        "claude-sonnet-4-5", "gemini-3-pro-high", "gemini-3-flash", "gemini-3-pro-image",
    ]
    private static let percentage = SettingForm.integer(1...99)
    private static let modelList = SettingForm.strings(countMax: 100)
    private static let fraction = SettingForm.number(0...1)

    private static let general: [Setting] = [
        .member(
            "language", .choice(["zh", "zh-TW", "en", "ja", "tr", "vi", "pt", "ko", "ru"]), "en", .console,
            required: true, "Language of the console."),
        .member(
            "theme", .choice(["light", "dark", "system"]), "system", .console, required: true, "Look of the console."),
        .member("auto_refresh", .flag, true, .live, required: true, "Read the accounts' quota in the background."),
        .member(
            "refresh_interval", .integer(1...1440), 15, .live, required: true, "Minutes between two quota reads."),
        .member(
            "auto_sync", .flag, false, .live, required: true, "Take over accounts from an IDE; nothing without one."),
        .member("sync_interval", .integer(1...3600), 5, .live, required: true, "Seconds between two such looks."),
        .member("default_export_path", .optional(.text(lengthMax: 4096)), .null, .kept, "Folder for exports."),
    ]

    private static let proxy: [Setting] = [
        .member("proxy.enabled", .flag, false, .kept, required: true, "Historical; not the running state."),
        Setting(
            variable: "BIND_LOCAL_ONLY", role: .overridesNegated, member: "proxy.allow_lan_access", form: .flag,
            fallback: .value(false), effect: .restart,
            help: "Listen on every address instead of 127.0.0.1. The variable says the opposite: true means 127.0.0.1."),
        Setting(
            variable: "AUTH_MODE", bareVariable: "AUTH_MODE", member: "proxy.auth_mode",
            form: .choice(["off", "strict", "all_except_health", "auto"]), fallback: .value("auto"),
            help: "Which AI requests need the key: `auto` is `all_except_health`; `off` acts only on loopback."),
        Setting(
            variable: "PORT", bareVariable: "PORT", member: "proxy.port", form: .port,
            fallback: .value(8045), effect: .restart, isRequired: true,
            help: "TCP port of AI endpoints, admin API and console. Not used with socket activation."),
        Setting(
            variable: "API_KEY", bareVariable: "API_KEY", member: "proxy.api_key", form: .token(canBeEmpty: false),
            fallback: .computed("made at the first start and stored"), isRequired: true, isSecret: true,
            help: "Key of the AI endpoints, and of the admin API while no admin password is set."),
        Setting(
            variable: "WEB_PASSWORD", bareVariable: "WEB_PASSWORD", member: "proxy.admin_password",
            form: .optional(.token(canBeEmpty: true)), fallback: .value(.null), isSecret: true,
            help: "Password of admin API and console; while it is set the API key does not open them."),
        .member("proxy.auto_start", .flag, true, .restart, required: true, "Serve AI requests from the start."),
        .member("proxy.custom_mapping", .mapping, [:], .live, "Model names or patterns with `*` to upstream models."),
        .member(
            "proxy.request_timeout", .integer(30...7200), 120, .live,
            "Seconds without a byte from the upstream after which an answer is given up."),
        .member("proxy.enable_logging", .flag, true, .live, "Record requests in the traffic log."),
        .member("proxy.upstream_proxy.enabled", .flag, false, .live, "Send every outgoing call through a proxy."),
        .member(
            "proxy.upstream_proxy.url", .text(lengthMax: 2048), "", .live,
            "URL of that proxy: http, https, socks5 or socks5h."),
        .member("proxy.zai", .anything, zai, .kept, "Another provider; not part of this service."),
        .member(
            "proxy.scheduling.mode", .choice(["CacheFirst", "Balance", "PerformanceFirst"]), "Balance", .live,
            "How requests are spread over accounts."),
        .member(
            "proxy.scheduling.max_wait_seconds", .integer(0...3600), 60, .live,
            "How long `CacheFirst` waits for a limited account."),
        .member("proxy.experimental.enable_signature_cache", .flag, true, .live, "Remember thought signatures."),
        .member("proxy.experimental.enable_tool_loop_recovery", .flag, true, .kept, "Without effect."),
        .member("proxy.experimental.enable_cross_model_checks", .flag, true, .kept, "Without effect."),
        .member("proxy.experimental.enable_usage_scaling", .flag, false, .kept, "Without effect."),
        .member(
            "proxy.experimental.context_compression_threshold_l1", fraction, .number("0.4"), .kept, "Without effect."),
        .member(
            "proxy.experimental.context_compression_threshold_l2", fraction, .number("0.55"), .kept, "Without effect."),
        .member(
            "proxy.experimental.context_compression_threshold_l3", fraction, .number("0.7"), .kept, "Without effect."),
        Setting(
            variable: "CURSOR_REASONING_MODE", bareVariable: "ANTI_CURSOR_REASONING_MODE", role: .fillsIn,
            member: "proxy.cursor_reasoning_mode", form: .optional(.reasoningMode), fallback: .value(.null),
            help: "How the Cursor endpoint shows reasoning. The document wins over the variable; neither: `think_tags`."
        ),
        .member(
            "proxy.preferred_account_id", .optional(.text(lengthMax: 64)), .null, .live,
            "Account that serves everything it can."),
        .member("antigravity_executable", .optional(.text(lengthMax: 4096)), .null, .kept, "Without effect."),
        .member("antigravity_args", .optional(.strings(countMax: 100)), .null, .kept, "Without effect."),
        .member("auto_launch", .flag, false, .kept, "Without effect."),
    ]

    private static let quota: [Setting] = [
        .member("scheduled_warmup.enabled", .flag, false, .live, "Ask a model once when its quota is new."),
        .member(
            "scheduled_warmup.monitored_models", modelList,
            ["gemini-3-flash", "claude-sonnet-4-5", "gemini-3-pro-high", "gemini-3-pro-image"], .live,
            "Models to warm up."),
        .member("quota_protection.enabled", .flag, false, .live, "Hold a model back when an account's quota is low."),
        .member(
            "quota_protection.threshold_percentage", percentage, 10, .live, "Remaining per cent that count as low."),
        .member("quota_protection.monitored_models", modelList, standardModels, .live, "Models to hold back."),
        .member(
            "pinned_quota_models.models", modelList,
            ["gemini-3-pro-high", "gemini-3-flash", "gemini-3-pro-image", "claude-sonnet-4-5-thinking"], .console,
            "Models shown in the account list."),
        Setting(
            member: "circuit_breaker.enabled", form: .flag, fallback: .absent,
            help: "Lock accounts by growing steps when the upstream names no time."),
        Setting(
            member: "circuit_breaker.backoff_steps", form: .integers(1...691_200, countMax: 16), fallback: .absent,
            help: "Those steps, in seconds."),
        Setting(
            member: "accounts_page_size", form: .integer(0...10_000), fallback: .absent, effect: .console,
            help: "Rows of an account page; 0 fits the window."),
    ]

    /// The shape the original console expects.
    private static let zai: JSONValue = [
        "enabled": false, "base_url": "https://api.z.ai/api/anthropic", "api_key": "", "dispatch_mode": "off",
        "model_mapping": [:], "models": ["opus": "glm-4.7", "sonnet": "glm-4.7", "haiku": "glm-4.5-air"],
        "mcp": [
            "enabled": false, "web_search_enabled": false, "web_reader_enabled": false, "vision_enabled": false,
        ],
    ]
}
