import CPlatform
import Glibc
import Synchronization

/// One line per event on the standard error: event, constant message, fields. If journald reads the standard error, it gets
/// the fields as such, by its own socket or, failing that, a line with a priority in front.
///
/// Callers give facts, never secrets: no token, key, cookie, prompt or e-mail; an account by the first 8 characters of its id.
/// May be used on every thread.
public enum Log {
    public typealias Fields = KeyValuePairs<String, any CustomStringConvertible>

    /// A field's value is cut here.
    static let valueSizeMaxBytes = 2048

    private static let threshold = Atomic<UInt8>(LogLevel.info.rawValue)
    private static let settings = Locked(Settings())
    /// Lines that nobody took since the last one that was.
    private static let lostLines = Atomic<Int>(0)

    private struct Settings {
        var role = ""
        var isJournal = Log.standardErrorIsJournal()
        var journal: JournalSocket?
    }

    /// To be called before the process confines itself.
    /// - Parameter role: which process of ours this is, such as `supervisor` or `worker 1`; stands in each line.
    public static func configure(level: LogLevel, role: String) {
        threshold.store(level.rawValue, ordering: .relaxed)
        settings.withLock { settings in
            settings.role = role
            if settings.isJournal, settings.journal == nil { settings.journal = JournalSocket() }
        }
    }

    /// The connection with journald, which a process that closes what it does not need has to keep. nil without journald.
    public static var journalDescriptor: CInt? { settings.withLock { $0.journal?.raw } }

    public static func isEnabled(_ level: LogLevel) -> Bool {
        level.rawValue <= threshold.load(ordering: .relaxed)
    }

    public static func error(_ event: LogEvent, _ message: StaticString, _ fields: @autoclosure () -> Fields = [:]) {
        if isEnabled(.error) { write(.error, event, message, fields()) }
    }

    public static func warning(_ event: LogEvent, _ message: StaticString, _ fields: @autoclosure () -> Fields = [:]) {
        if isEnabled(.warning) { write(.warning, event, message, fields()) }
    }

    public static func notice(_ event: LogEvent, _ message: StaticString, _ fields: @autoclosure () -> Fields = [:]) {
        if isEnabled(.notice) { write(.notice, event, message, fields()) }
    }

    public static func info(_ event: LogEvent, _ message: StaticString, _ fields: @autoclosure () -> Fields = [:]) {
        if isEnabled(.info) { write(.info, event, message, fields()) }
    }

    public static func debug(_ event: LogEvent, _ message: StaticString, _ fields: @autoclosure () -> Fields = [:]) {
        if isEnabled(.debug) { write(.debug, event, message, fields()) }
    }

    private static func write(_ level: LogLevel, _ event: LogEvent, _ message: StaticString, _ fields: Fields) {
        let (role, isJournal, journal) = settings.withLock { ($0.role, $0.isJournal, $0.journal) }
        let line = LogLine(
            level: level, event: "\(event.code)", message: "\(message)", role: role,
            fields: fields.map { ($0.key, $0.value.description) })
        if let journal, journal.send(line) { return }
        // What was lost is said where it is missing.
        let lostCount = lostLines.load(ordering: .relaxed)
        if lostCount > 0 {
            let lost = LogLine(
                level: .warning, event: "lines-lost", message: "nobody took these lines", role: role,
                fields: [("count", "\(lostCount)")])
            if write(lost, isJournal) { lostLines.subtract(lostCount, ordering: .relaxed) }
        }
        if !write(line, isJournal) { lostLines.add(1, ordering: .relaxed) }
    }

    /// False if it is lost: a reader that is gone or full must not hold up the process.
    private static func write(_ line: LogLine, _ isJournal: Bool) -> Bool {
        StandardError.write(isJournal ? line.forJournal : line.forPeople(at: WallClock.unixMilliseconds))
    }

    /// Whether journald reads the standard error: `$JOURNAL_STREAM` names its device and inode (systemd.exec(5)).
    private static func standardErrorIsJournal() -> Bool {
        guard let value = getenv("JOURNAL_STREAM") else { return false }
        let parts = String(cString: value).split(separator: ":")
        guard parts.count == 2, let device = UInt64(parts[0]), let inode = UInt64(parts[1]) else { return false }
        return platform_is_file(2, device, inode) == 1
    }
}
