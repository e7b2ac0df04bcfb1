/// Why a configuration document is refused. Nothing of a refused document is stored.
nonisolated enum ConfigFault: Error, Equatable, Sendable {
    /// Required members that are not there, by path.
    case missing([String])
    /// The first member that does not fit; the complaint never repeats its value.
    case bad(path: String, complaint: String)
}
