import JSON

nonisolated extension SettingsTable {
    /// Settings of this gateway alone; each has a variable of its own.
    static let gateway: [Setting] = http + scheduling + upstream + translation + workers + logging + tunnel

    private static let http: [Setting] = [
        .gateway(
            "http", "connections_max", .integer(16...8192), 8192, effect: .restart, "Client connections held at once."),
        .gateway(
            "http", "requests_per_connection_max", .integer(1...1_000_000), 1000, effect: .restart,
            "Requests of one connection."),
        .gateway(
            "http", "head_timeout", .integer(1...300), 10, effect: .restart,
            "Seconds a request head may take to arrive."),
        .gateway("http", "body_timeout", .integer(1...3600), 30, effect: .restart, "Seconds a body may stand still."),
        .gateway(
            "http", "idle_timeout", .integer(1...3600), 120, effect: .restart,
            "Seconds a connection may wait for its next request."),
        .gateway(
            "http", "write_timeout", .integer(1...3600), 60, effect: .restart, "Seconds a client may take no byte."),
        .gateway(
            "http", "hosts", .hosts, [],
            "Names, beside those of this machine alone, that `Host` may have while authentication is off."),
        .gateway(
            "http", "admin_cors_origins", .origins, [],
            "Origins of web pages, beside the gateway's own, that may use the admin API."),
        .gateway(
            "http", "metrics_without_token", .flag, false,
            "Programs of this machine may read `/metrics` without the admin token."),
    ]

    private static let scheduling: [Setting] = [
        .gateway(
            "scheduling", "total_timeout", .integer(10...7200), 590, "Seconds until the first content of an answer."),
        .gateway("scheduling", "schedule_budget", .integer(1...600), 90, "Seconds in which attempts may begin."),
        .gateway("scheduling", "connect_timeout", .integer(1...120), 10, "Seconds to connect to the upstream."),
        .gateway(
            "scheduling", "first_content_timeout", .integer(1...3600), 60,
            "Seconds an attempt may take to its first content."),
        .gateway(
            "scheduling", "first_content_timeout_thinking", .integer(1...3600), 300, "The same for thinking models."),
        .gateway(
            "scheduling", "heartbeat_first_seconds", .integer(1...600), 25,
            "Seconds of silence before a stream's head is sent."),
        .gateway(
            "scheduling", "heartbeat_seconds", .integer(1...600), 15, "Seconds between two signs of life in a stream."),
        .gateway(
            "scheduling", "count_timeout", .integer(1...60), 5, "Seconds to a token count; then it is estimated."),
        .gateway(
            "scheduling", "session_ttl", .integer(60...86_400), 3600,
            "Seconds a conversation keeps its account after its last request."),
        .gateway("scheduling", "session_max", .integer(1...1_000_000), 50_000, "Conversations that are remembered."),
        .gateway(
            "scheduling", "max_inflight_per_account", .integer(0...10_000), 8,
            "Requests at once on one account; 0: any number."),
        .gateway(
            "scheduling", "min_start_interval_ms", .integer(0...60_000), 0,
            "Milliseconds between two requests that begin on one account."),
        .gateway(
            "scheduling", "rpm_per_cell", .integer(0...100_000), 0,
            "Requests a minute on one account and quota; 0: no limit."),
        .gateway(
            "scheduling", "park_max_seconds", .integer(0...600), 10,
            "Seconds a request may wait for an account; longer waits are refused with 429."),
        .gateway("scheduling", "queue_per_key", .integer(0...10_000), 32, "Requests of one API key that wait."),
        .gateway("scheduling", "queue_total", .integer(0...10_000), 256, "Requests that wait in all."),
        .gateway(
            "scheduling", "retry_budget_ratio", .number(0...1), .number("0.2"), effect: .restart,
            "Retries that each request earns for all."),
        .gateway(
            "scheduling", "retry_budget_min", .integer(0...1000), 10, effect: .restart,
            "Retries in hand at the start, and at most."),
    ]

    private static let upstream: [Setting] = [
        .gateway(
            "upstream", "bases", .addresses, [], "Code Assist addresses, in the order of use; empty means Google's own."
        ),
        .gateway(
            "upstream", "user_agent", .text(lengthMax: 256), "", "Name told to Google; empty means the gateway's own."),
        .gateway(
            "upstream", "http2", .flag, false, effect: .restart,
            "Speak HTTP/2 to the upstream: less memory, more work per event."),
        .gateway(
            "upstream", "public_models", .mapping, [:],
            "Ids of the public Gemini API for upstream models, for accounts with an API key; the amount of thinking may follow in parentheses."
        ),
        .gateway(
            "upstream", "ca_file", .text(lengthMax: 4096), "", effect: .restart,
            "File of trusted certificates; empty means the system's."),
    ]

    private static let translation: [Setting] = [
        .gateway(
            "translation", "unknown_model", .unknownModel, "passthrough",
            "A model name nobody knows: `passthrough`, `fallback:<model>` or `reject`."),
        .gateway(
            "translation", "claude_twins", .flag, true,
            "Let a Claude model of generation 4.5 or 4.6 that no account offers be served by the other of the two."),
        .gateway(
            "translation", "search_model", .text(lengthMax: 256), "gemini-2.5-flash",
            "Model for a search that the model asked for cannot do."),
        .gateway(
            "translation", "safety", .choice(["off", "none", "high", "medium", "low", "omit"]), "off",
            "How much the upstream blocks: `off`, `none`, only `high`, from `medium`, from `low`; `omit` leaves it to the upstream."
        ),
        .gateway(
            "translation", "thinking_budget_mode", .thinkingBudget, "auto",
            "Thinking budgets of clients: `auto` keeps them within the model's range, `passthrough` sends them as they are, `custom:<tokens>` replaces them."
        ),
        .gateway(
            "translation", "keep_dropped_thinking_as_text", .flag, false,
            "Send thinking of the history that the target cannot take as thinking as text of the model, instead of leaving it out. Models begin to imitate it."
        ),
        .gateway(
            "translation", "append_sources", .flag, false,
            "List the sources of a search behind the text of chat answers too."),
        .gateway(
            "translation", "penalty_models", .strings(countMax: 100), [],
            "Models, also with `*`, that take presence and frequency penalties; for others they are dropped."),
        .gateway(
            "translation", "answer_warmup", .flag, false,
            "Answer a message of Claude Code that says only `Warmup` with `OK`, without asking the upstream."),
        .gateway(
            "translation", "background_markers", .strings(countMax: 100), [],
            "Texts that mark background tasks of Claude Code; such requests without tools go to `internal-background-task`."
        ),
        .gateway(
            "translation", "logprobs_models", .strings(countMax: 100), [],
            "Models, also with `*`, that give log probabilities; for others the wish is dropped."),
        .gateway(
            "translation", "remote_media", .flag, true,
            "Fetch media that requests name by http or https address: directly, never through the upstream proxy, and from hosts of the public internet alone."
        ),
        .gateway(
            "translation", "remote_media_hosts", .hosts, [],
            "Hosts that media may be fetched from although they are not on the public internet."),
        .gateway(
            "translation", "only_real_models", .flag, false,
            "Lists of models name what the accounts offer, and neither mapped nor built-in names."),
    ]

    private static let workers: [Setting] = [
        .gateway(
            "workers", "ready_timeout", .integer(1...300), 10, effect: .restart,
            "Seconds a new worker may take to be ready."),
        .gateway(
            "workers", "drain_timeout", .integer(1...3600), 50, effect: .restart,
            "Seconds answers may take when the service stops."),
        .gateway(
            "workers", "roll_timeout", .integer(1...86_400), 3600, effect: .restart,
            "Seconds answers may take in a rolling restart."),
    ]

    private static let logging: [Setting] = [
        .gateway("logging", "expose_account_header", .flag, false, "Name the account in a header of the answer."),
        .gateway(
            "logging", "bodies", .choice(["errors", "all", "off"]), "errors",
            "Bodies in the traffic log: of requests that failed, of all, or of none."),
        .gateway(
            "logging", "body_max_bytes", .integer(1024...1_048_576), 65_536,
            "Bytes that are kept of a body in the traffic log."),
    ]
}
