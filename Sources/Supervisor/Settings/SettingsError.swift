/// A setting that cannot be read. The process ends with exit status 78; the text is the one line it says before.
nonisolated enum SettingsError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The value of a variable or credential is not what the setting takes; the value itself is not repeated.
    case badValue(name: String, takes: String)
    /// The file a variable names, or a systemd credential, cannot be read.
    case unreadable(name: String, path: String, errno: CInt)
    /// No folder for the state can be found.
    case noDataDirectory
    /// A member of the stored configuration document does not fit this version.
    case badMember(path: String, complaint: String)

    var description: String {
        switch self {
        case .badValue(let name, let takes): "\(name) must be \(takes)"
        case .unreadable(let name, let path, let errno): "\(name): cannot read \(path): \(SystemText.of(errno))"
        case .noDataDirectory: "ANTIGRAVITY_DATA_DIR must be set: there is neither a state directory nor a home"
        case .badMember(let path, let complaint): "stored configuration: \(path) \(complaint)"
        }
    }
}
