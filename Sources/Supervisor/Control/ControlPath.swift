/// Where the control socket is.
nonisolated enum ControlPath {
    static let name = "control.sock"
    /// The runtime folder of the installed unit.
    static let installedFolder = "/run/antigravity-gateway"

    /// Where a gateway puts it: in its runtime folder if systemd gives it one, else beside the state.
    static func own(_ environment: [String: String], dataDirectory: String) -> String {
        (runtimeFolder(environment) ?? dataDirectory) + "/" + name
    }

    /// Where the command looks for it, in this order.
    static func candidates(_ environment: [String: String], dataDirectory: String?) -> [String] {
        [runtimeFolder(environment), dataDirectory, installedFolder].compactMap { $0.map { $0 + "/" + name } }
    }

    /// Of several folders the first is ours.
    private static func runtimeFolder(_ environment: [String: String]) -> String? {
        environment["RUNTIME_DIRECTORY"]?.split(separator: ":").first.map { String($0) }
    }
}
