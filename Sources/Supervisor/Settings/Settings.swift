import GoogleAPI
import JSON

/// What the environment says, read and checked as a whole before any file is opened.
nonisolated struct Settings: Sendable {
    /// Folder of the state; may not exist yet.
    let dataDirectory: String
    /// Unix socket for the operator's command.
    let controlPath: String
    /// Worker processes to keep; nil: as many as the machine has usable cores, at most four.
    let workerCount: Int?
    /// The worker's executable; nil: the one beside our own.
    let workerExecutable: String?
    /// One of the words of `LOG_LEVEL`.
    let logLevel: String
    let bodySizeMaxBytes: Int
    /// The operator's OAuth client; nil if one half is missing.
    let oauthClient: OAuthClient?
    /// The variables of the OAuth client that are not set.
    let missingOAuthSettings: [String]
    /// Under which browsers reach the gateway; nil: only a browser on this machine does.
    let publicURL: String?
    /// Replaces scheme and host of every Google address.
    let googleURL: String?
    /// Gets the address the gateway listens on.
    let addressFile: String?
    /// The home folder in which other programs keep their files; nil: there is none.
    let home: String?
    /// The folders in which programs are looked for, as `PATH` has them.
    let searchPath: String?
    /// Variables that the programs we start may get, each a part of them; none of them is a setting of ours.
    let childEnvironment: [String: String]
    /// What stands when the document has no reasoning mode.
    let reasoningMode: ReasoningMode?
    /// Members of the document that the environment rules, by path.
    var overrides: [String: JSONValue]
    /// Variables with our prefix that no row knows: worth a warning, since a typing error looks like that.
    let unknownVariables: [String]

    /// Reads every row of the table.
    ///
    /// - Throws: for the first value that cannot be read, in the order of the table.
    static func load(environment: [String: String]) throws(SettingsError) -> Settings {
        let source = SettingSource(environment: environment)
        var process: [String: JSONValue] = [:]
        var overrides: [String: JSONValue] = [:]
        var reasoningMode: ReasoningMode?
        for setting in SettingsTable.all {
            guard let variable = setting.variable, let (_, value) = try source.value(of: setting) else { continue }
            switch (setting.member, setting.role) {
            case (nil, _): process[variable] = value
            case (_, .fillsIn): reasoningMode = value.string.flatMap { ReasoningMode(spelling: $0) }
            case (let member?, _): overrides[member] = value
            }
        }
        let dataDirectory =
            if let path = process["DATA_DIR"]?.string { path } else { try defaultDataDirectory(environment) }
        return Settings(
            dataDirectory: dataDirectory,
            controlPath: ControlPath.own(environment, dataDirectory: dataDirectory),
            workerCount: process["WORKERS"]?.int, workerExecutable: process["WORKER"]?.string,
            logLevel: process["LOG_LEVEL"]?.string ?? "info",
            bodySizeMaxBytes: process["MAX_BODY_SIZE"]?.int ?? 104_857_600,
            oauthClient: oauthClient(process["OAUTH_CLIENT_ID"]?.string, process["OAUTH_CLIENT_SECRET"]?.string),
            missingOAuthSettings: ["OAUTH_CLIENT_ID", "OAUTH_CLIENT_SECRET"].filter { process[$0] == nil }
                .map { "ANTIGRAVITY_" + $0 },
            publicURL: process["PUBLIC_URL"]?.string,
            googleURL: process["GOOGLE_URL"]?.string, addressFile: process["ADDRESS_FILE"]?.string,
            home: process["CLI_HOME"]?.string ?? environment["HOME"].flatMap { $0.isEmpty ? nil : $0 },
            searchPath: environment["PATH"],
            childEnvironment: environment.filter {
                WorkerEnvironment.allowed.contains($0.key) || CloudflaredCommand.allowed.contains($0.key)
            },
            reasoningMode: reasoningMode, overrides: overrides,
            unknownVariables: unknown(environment))
    }

    private static func oauthClient(_ id: String?, _ secret: String?) -> OAuthClient? {
        guard let id, let secret else { return nil }
        return OAuthClient(id: id, secret: secret)
    }

    /// `$STATE_DIRECTORY` is systemd's; of several folders the first is ours.
    private static func defaultDataDirectory(_ environment: [String: String]) throws(SettingsError) -> String {
        if let state = environment["STATE_DIRECTORY"]?.split(separator: ":").first { return String(state) }
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return state + "/antigravity-gateway" }
        guard let home = environment["HOME"], home.hasPrefix("/") else { throw .noDataDirectory }
        return home + "/.local/state/antigravity-gateway"
    }

    private static func unknown(_ environment: [String: String]) -> [String] {
        var known = Set(SettingsTable.all.flatMap(\.spellings))
        known.formUnion(SettingsTable.all.filter(\.isSecret).compactMap(\.variable).map { "ANTIGRAVITY_\($0)_FILE" })
        known.insert("ANTIGRAVITY_FD_STORE")
        return environment.keys.filter { $0.hasPrefix("ANTIGRAVITY_") && !known.contains($0) }.sorted()
    }
}
