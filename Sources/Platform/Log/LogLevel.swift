/// How much a line matters. The raw value is the priority journald and syslog(3) know.
public enum LogLevel: UInt8, Sendable, Comparable, CaseIterable {
    /// A person must act.
    case error = 3
    /// Heals by itself.
    case warning = 4
    /// A state has changed: configuration, tunnel, account.
    case notice = 5
    /// Life cycle: start, ready, drain, exit.
    case info = 6
    case debug = 7

    public var name: String {
        switch self {
        case .error: "error"
        case .warning: "warning"
        case .notice: "notice"
        case .info: "info"
        case .debug: "debug"
        }
    }

    /// As written in settings; `warn` and `trace` are accepted for `warning` and `debug`.
    public init?(name: String) {
        switch name.lowercased() {
        case "error": self = .error
        case "warning", "warn": self = .warning
        case "notice": self = .notice
        case "info": self = .info
        case "debug", "trace": self = .debug
        default: return nil
        }
    }

    /// `error` is the least: a level admits those at or below it.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
