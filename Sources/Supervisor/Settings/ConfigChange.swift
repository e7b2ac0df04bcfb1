/// What a change of the configuration leaves open, by member path.
nonisolated struct ConfigChange: Sendable, Equatable {
    /// Members whose stored value acts only after a restart.
    let restartRequired: [String]
    /// Members whose stored value does not act because the environment says otherwise.
    let overriddenByEnvironment: [String]
}

/// Why a change was not made; nothing of it is stored.
nonisolated enum ConfigChangeError: Error, Equatable, Sendable {
    case fault(ConfigFault)
    case storage(StorageError)
}
