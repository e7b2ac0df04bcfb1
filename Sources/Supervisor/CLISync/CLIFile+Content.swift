import JSON

/// Why a file stays as it is: for people, without anything of its content.
nonisolated struct CLIFileFault: Error, Sendable, Equatable {
    let why: String
}

nonisolated extension CLIFile {
    /// The content that points the client at `target`; everything else of the file is kept.
    ///
    /// - Parameter old: nil if there is no file.
    /// - Throws: for what is not understood; such a file must not be written.
    func content(_ old: [UInt8]?, for target: CLITarget) throws(CLIFileFault) -> [UInt8] {
        let old = old ?? []
        switch change(for: target) {
        case .json(let patch): return try JSONFileEditor.apply(patch, to: old)
        case .toml(let edits): return try TOMLEditor.apply(edits, to: old)
        case .environment(let edits): return try EnvironmentFileEditor.apply(edits, to: old)
        }
    }

    private enum Change {
        case json(JSONPatch)
        case toml([TOMLEdit])
        case environment([EnvironmentEdit])
    }

    /// What each client reads. Sources: Claude Code settings ("Environment variables"), the Codex configuration reference
    /// ("model_providers"), the Gemini CLI configuration reference ("Environment variables and .env files").
    private func change(for target: CLITarget) -> Change {
        let key: JSONPatch = target.key.isEmpty ? .remove : .set(.string(target.key))
        switch self {
        case .claudeState:
            return .json(.members([("hasCompletedOnboarding", .set(true))]))
        case .claudeSettings:
            // A token or a model of before would win over the key, or name a model of another provider.
            let rivals =
                target.key.isEmpty
                ? []
                : [
                    "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_MODEL", "ANTHROPIC_DEFAULT_HAIKU_MODEL",
                    "ANTHROPIC_DEFAULT_OPUS_MODEL", "ANTHROPIC_DEFAULT_SONNET_MODEL",
                ]
            return .json(
                .members([
                    (
                        "env",
                        .members(
                            [("ANTHROPIC_BASE_URL", .set(.string(target.url))), ("ANTHROPIC_API_KEY", key)]
                                + rivals.map { ($0, .remove) })
                    )
                ]))
        case .codexAuth:
            return .json(
                .members([("OPENAI_API_KEY", key), ("OPENAI_BASE_URL", .set(.string(target.url)))]))
        case .codexConfig:
            let table = CodexNames.table
            return .toml([
                TOMLEdit(table: [], key: CodexNames.choice, value: .text(CodexNames.provider)),
                TOMLEdit(table: table, key: "name", value: .text(CodexNames.provider)),
                TOMLEdit(table: table, key: "wire_api", value: .text("responses")),
                TOMLEdit(table: table, key: "requires_openai_auth", value: .flag(true)),
                TOMLEdit(table: table, key: CodexNames.url, value: .text(target.url)),
            ])
        case .geminiEnvironment:
            return .environment([
                EnvironmentEdit(name: "GOOGLE_GEMINI_BASE_URL", value: target.url),
                EnvironmentEdit(name: "GEMINI_API_KEY", value: target.key.isEmpty ? nil : target.key),
            ])
        case .geminiSettings, .geminiConfig:
            return .json(
                .members([("security", .members([("auth", .members([("selectedType", .set("gemini-api-key"))]))]))]))
        }
    }
}

/// The names in Codex's configuration that are both written and read.
nonisolated enum CodexNames {
    static let provider = "custom"
    static let table = ["model_providers", provider]
    static let choice = "model_provider"
    static let url = "base_url"
}
