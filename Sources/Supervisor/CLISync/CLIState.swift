import JSON

/// Where a client's files send it.
nonisolated struct CLIState: Sendable, Equatable {
    /// As it stands in the file; nil if there is none, or the file is not understood.
    let url: String?
    /// Everything that matters is as a sync to the asked address leaves it.
    let isSynced: Bool

    /// - Parameters:
    ///   - url: the address that the client should have.
    ///   - content: nil for a file that is not there or cannot be read.
    init(of app: CLIApp, wanted url: String, content: (CLIFile) -> [UInt8]?) {
        switch app {
        case .claude:
            self.url = Self.json(content(.claudeSettings))?["env"]?["ANTHROPIC_BASE_URL"]?.string
            let isOnboarded = Self.json(content(.claudeState))?["hasCompletedOnboarding"]?.bool ?? false
            isSynced = isOnboarded && Self.isSame(self.url, url)
        case .codex:
            let config = content(.codexConfig) ?? []
            // A file that is not understood points nowhere.
            self.url = try? TOMLEditor.text(at: CodexNames.table + [CodexNames.url], in: config)
            let choice = try? TOMLEditor.text(at: [CodexNames.choice], in: config)
            isSynced =
                choice == CodexNames.provider && Self.isSame(self.url, url) && content(.codexAuth) != nil
        case .gemini:
            let environment = content(.geminiEnvironment) ?? []
            self.url = try? EnvironmentFileEditor.value(of: "GOOGLE_GEMINI_BASE_URL", in: environment)
            isSynced = Self.isSame(self.url, url)
        }
    }

    private static func json(_ bytes: [UInt8]?) -> JSONNode? {
        guard let bytes else { return nil }
        return try? JSONFileEditor.root(of: bytes)  // see above
    }

    private static func isSame(_ found: String?, _ wanted: String) -> Bool {
        found.map { trimmed($0) == trimmed(wanted) } ?? false
    }

    private static func trimmed(_ url: String) -> Substring {
        var url = url[...]
        while url.hasSuffix("/") { url = url.dropLast() }
        return url
    }
}
