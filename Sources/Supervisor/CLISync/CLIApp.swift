/// A command-line client that can be pointed at the gateway, with the files it reads its set-up from.
nonisolated enum CLIApp: String, Sendable, CaseIterable {
    case claude = "Claude"
    case codex = "Codex"
    case gemini = "Gemini"

    /// By its name, whatever its case.
    init?(spelling: String) {
        guard let app = Self.allCases.first(where: { $0.program == spelling.lowercased() }) else { return nil }
        self = app
    }

    /// The name of its executable.
    var program: String { rawValue.lowercased() }

    /// In the order in which they are listed and written.
    var files: [CLIFile] {
        switch self {
        case .claude: [.claudeState, .claudeSettings]
        case .codex: [.codexAuth, .codexConfig]
        case .gemini: [.geminiEnvironment, .geminiSettings, .geminiConfig]
        }
    }

    /// Where the client goes when nobody sends it elsewhere.
    var ownURL: String {
        switch self {
        case .claude: "https://api.anthropic.com"
        case .codex: "https://api.openai.com/v1"
        case .gemini: "https://generativelanguage.googleapis.com"
        }
    }

    /// Codex appends the name of a method to its base URL, the others the version as well.
    var takesVersionInURL: Bool { self == .codex }
}

/// One file of a client, below the home folder.
nonisolated enum CLIFile: String, Sendable, CaseIterable {
    case claudeState = ".claude.json"
    case claudeSettings = ".claude/settings.json"
    case codexAuth = ".codex/auth.json"
    case codexConfig = ".codex/config.toml"
    case geminiEnvironment = ".gemini/.env"
    case geminiSettings = ".gemini/settings.json"
    case geminiConfig = ".gemini/config.json"

    var place: String { rawValue }

    /// The file's own name.
    var name: String { String(place[(place.lastIndex(of: "/").map(place.index(after:)) ?? place.startIndex)...]) }

    /// The folder below the home that holds it; nil: the home itself.
    var folder: String? { place.lastIndex(of: "/").map { String(place[..<$0]) } }

    /// Another file of the client does its work wherever that one is: it is changed when it is there, and never made.
    var isChangedOnly: Bool { self == .geminiConfig }

    /// Lies in the home itself, where a confined service often may not write; the client works without it.
    var isDispensable: Bool { folder == nil }
}

/// What a client is to be pointed at.
nonisolated struct CLITarget: Sendable, Equatable {
    /// As the client wants it, with or without `/v1`.
    let url: String
    /// Empty: what the files hold of keys for this address is taken out.
    let key: String
}
