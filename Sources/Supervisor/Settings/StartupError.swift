/// Why the supervisor does not start: one line for the log, exit status 78.
nonisolated enum StartupError: Error, Equatable, Sendable, CustomStringConvertible {
    case settings(SettingsError)
    case storage(StorageError)

    var description: String {
        switch self {
        case .settings(let error): error.description
        case .storage(let error): error.description
        }
    }
}
