import JSON

nonisolated extension SettingsTable {
    /// What is read once, at start, from the environment alone.
    static let process: [Setting] = [
        .process(
            "DATA_DIR", .path,
            .computed(
                "`$STATE_DIRECTORY`, else `$XDG_STATE_HOME/antigravity-gateway`, else `~/.local/state/antigravity-gateway`"
            ),
            "Folder of the state database and its backups; made with mode 0700 if it is missing."),
        .process(
            "WORKERS", .integer(1...64), .computed("usable cores, at most 4"), "Number of worker processes."),
        .process(
            "WORKER", .path, .computed("`antigravity-worker` beside the supervisor's executable"),
            "Path of the worker's executable."),
        .process(
            "LOG_LEVEL", bare: "LOG_LEVEL", .choice(LogLevelWord.all), .value("info"), "Least severity that is logged."),
        .process(
            "MAX_BODY_SIZE", .integer(1024...1_073_741_824), .value(104_857_600),
            "Largest body of an AI request, in bytes."),
        .process(
            "OAUTH_CLIENT_ID", .token(canBeEmpty: false), .absent, secret: true,
            "The operator's OAuth client. Without it accounts cannot be added and tokens not refreshed."),
        .process(
            "OAUTH_CLIENT_SECRET", .token(canBeEmpty: false), .absent, secret: true,
            "Secret of the operator's OAuth client."),
        .process(
            "PUBLIC_URL", .address(schemes: ["http", "https"]), .absent,
            "Address under which browsers reach the gateway: where Google sends them back to after a login."),
        .process(
            "DIST_PATH", .path, .absent, "Folder of a console in place of the built-in one. No effect in this version."),
        .process(
            "CLI_HOME", .path, .computed("`$HOME`"),
            "Home folder in which other programs keep their files: where an editor's device profile and accounts to import are looked for, and "
                + "where clients are set up."
        ),
        .process(
            "GOOGLE_URL", .address(schemes: ["http", "https"]), .absent,
            "Replaces scheme and host of every Google address; for tests and the sandbox."),
        .process(
            "ADDRESS_FILE", .path, .absent,
            "File that gets the address the gateway listens on, once it does; for scripts with `PORT=0`."),
    ]
}

/// The words of `LOG_LEVEL`, most talkative first.
nonisolated enum LogLevelWord {
    static let all = ["trace", "debug", "info", "warn", "error"]
}
