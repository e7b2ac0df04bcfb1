/// How the process ends. The numbers of sysexits.h where it has one; 78 stops systemd from trying again.
nonisolated enum ExitCode {
    static let done: Int32 = 0
    static let failed: Int32 = 1
    static let usage: Int32 = 2
    /// The operator's command alone: no permission, no gateway, no answer in time.
    static let notPermitted: Int32 = 4
    static let notRunning: Int32 = 7
    static let busy: Int32 = 75
    /// Settings, state folder or database: nothing will be better until somebody has changed something.
    static let configuration: Int32 = 78
}
