import JSON

nonisolated extension Operations {
    static let clients: [Operation] = [
        .post(
            "/api/proxy/cli/sync", "Points a command-line client at this gateway",
            takes: .json(
                .object(
                    ["appType": app],
                    optional: [
                        "proxyUrl": address.orNull, "usePublicUrl": Shape.flag.orNull,
                        "apiKey": Shape.matching("^[!-~]{0,256}$").orNull.says("Absent: the gateway's own."),
                        "dryRun": Shape.flag.orNull.says("Only tell what would be written."),
                    ]), example: ["appType": "Codex"]),
            .json(
                .either(
                    .object([
                        "success": .constant(true), "written": paths, "backups": paths, "skipped": .list(of: skipped),
                    ]),
                    .object(["files": .list(of: .object(["name": .text, "path": .text, "content": .text]))])),
                [
                    "success": true,
                    "written": ["/home/dev/.codex/auth.json", "/home/dev/.codex/config.toml"],
                    "backups": ["/home/dev/.codex/config.toml.antigravity.bak"], "skipped": [],
                ], "What was done; with `dryRun` what would be written."), writing),
        .post(
            "/api/proxy/cli/restore", "Brings a client's files back as they were",
            takes: .json(.object(["appType": app]), example: ["appType": "Codex"]),
            .json(
                .object([
                    "success": .constant(true), "restored": paths, "removed": paths, "skipped": .list(of: skipped),
                ]),
                [
                    "success": true, "restored": ["/home/dev/.codex/config.toml"],
                    "removed": ["/home/dev/.codex/auth.json"], "skipped": [],
                ]), writing),
        .post(
            "/api/proxy/cli/status", "Whether a client is there and points at this gateway",
            takes: .json(
                .object(["appType": app], optional: ["proxyUrl": address.orNull, "usePublicUrl": Shape.flag.orNull]),
                example: ["appType": "Codex"]),
            .json(
                .object([
                    "installed": .flag, "version": Shape.text.orNull, "is_synced": .flag, "has_backup": .flag,
                    "current_base_url": Shape.text.orNull, "files": .list(of: .text),
                ]),
                [
                    "installed": true, "version": "0.86.0", "is_synced": true, "has_backup": true,
                    "current_base_url": "http://127.0.0.1:8045/v1", "files": ["auth.json", "config.toml"],
                ], "What is known.")),
        .post(
            "/api/proxy/cli/config", "What a file of a client holds, with its secrets",
            takes: .json(
                .object(
                    ["appType": app],
                    optional: ["fileName": Shape.bounded(1...256).orNull.says("Absent: the first file.")]),
                example: ["appType": "Codex", "fileName": "config.toml"]),
            .json(.text, "model_provider = \"custom\"\n", "The file."),
            [.homeNotWritable, .configFileNotFound, .configFileUnreadable]),
    ]

    private static let app = Shape.word(CLIApp.allCases.map(\.rawValue)).says("In any case of its letters.")
    private static let address = Shape.matching("^[Hh][Tt][Tt][Pp][Ss]?://[^/:]")
        .says("Of the gateway, as the client reaches it; absent: as the gateway knows it.")
    private static let paths = Shape.list(of: .text)
    private static let skipped = Shape.object(["name": .text, "reason": .text])
    private static let writing: [AdminError.Code] = [.homeNotWritable, .configFileUnreadable] + .storing
}
