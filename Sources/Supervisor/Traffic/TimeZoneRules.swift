import Glibc
import Platform

/// How far a time zone is from UTC, at any time: the system's time zone database (RFC 9636, "TZif"), read without touching the
/// process's own zone.
nonisolated struct TimeZoneRules: Sendable {
    /// A stretch of time, in seconds since 1970, with one distance to UTC, in seconds to the east.
    struct Stretch: Sendable, Equatable {
        var start: Int
        var end: Int
        var offset: Int
    }

    static let utc = TimeZoneRules(isUTC: true, transitions: [], offsets: [0], rule: nil)
    static let folder = "/usr/share/zoneinfo"
    /// The largest file of the database is below 4 KiB.
    static let fileSizeMaxBytes = 64 << 10
    /// No zone changes at any other moment than a full quarter of an hour.
    static let step = 900

    let isUTC: Bool
    /// Ascending.
    private let transitions: [Int]
    /// Before the first transition, and behind each.
    private let offsets: [Int]
    /// What holds behind the last transition.
    private let rule: TimeZoneRule?

    /// The zone of an IANA name; nil if the system does not know it. Reads a file: not for the loop.
    static func named(_ name: String, folder: String = Self.folder) -> TimeZoneRules? {
        if ["UTC", "Etc/UTC"].contains(name) { return utc }
        guard isName(name), let bytes = contents("\(folder)/\(name)") else { return nil }
        return TimeZoneRules(parsing: bytes)
    }

    /// Letters, digits and `_+-`, in parts between single slashes: no way out of the folder.
    private static func isName(_ name: String) -> Bool {
        guard (1...64).contains(name.utf8.count) else { return false }
        return name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty && part.first != "-"
                && part.utf8.allSatisfy { byte in
                    switch byte {
                    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: "-"):
                        true
                    default: false
                    }
                }
        }
    }

    private static func contents(_ path: String) -> [UInt8]? {
        let raw = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard raw >= 0 else { return nil }
        defer { close(raw) }
        var status = stat()
        guard fstat(raw, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= fileSizeMaxBytes else {
            return nil
        }
        let wanted = Int(status.st_size)
        let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
            count = max(0, read(raw, buffer.baseAddress, wanted))
        }
        return bytes.count == wanted ? bytes : nil
    }

    private init(isUTC: Bool, transitions: [Int], offsets: [Int], rule: TimeZoneRule?) {
        self.isUTC = isUTC
        self.transitions = transitions
        self.offsets = offsets
        self.rule = rule
    }

    /// Reads a file of version 2 or later; nil for anything else.
    init?(parsing bytes: [UInt8]) {
        guard let file = TimeZoneFile(bytes) else { return nil }
        self.init(isUTC: false, transitions: file.transitions, offsets: file.offsets, rule: file.rule)
    }

    func offset(at time: Int) -> Int {
        if let last = transitions.last, time >= last, let rule { return rule.offset(at: time) }
        if transitions.isEmpty, let rule { return rule.offset(at: time) }
        // The number of transitions that have passed.
        var low = 0
        var high = transitions.count
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle] <= time { low = middle + 1 } else { high = middle }
        }
        return offsets[low]
    }

    func stretches(from start: Int, to end: Int) -> [Stretch] {
        guard start < end else { return [] }
        guard !isUTC else { return [Stretch(start: start, end: end, offset: 0)] }
        var stretches = [Stretch(start: start, end: end, offset: offset(at: start))]
        var time = (start / Self.step + 1) * Self.step
        while time < end {
            let offset = offset(at: time)
            if offset != stretches[stretches.count - 1].offset {
                stretches[stretches.count - 1].end = time
                stretches.append(Stretch(start: time, end: end, offset: offset))
            }
            time += Self.step
        }
        return stretches
    }

    // MARK: The beginnings of things

    func startOfHour(_ time: Int) -> Int {
        let offset = offset(at: time)
        return Self.floor(time + offset, 3600) - offset
    }

    /// The first moment of the day; where midnight is left out, the first that there is.
    func startOfDay(_ time: Int) -> Int {
        let midnight = Self.floor(time + offset(at: time), 86_400)
        let guess = midnight - offset(at: time)
        return midnight - offset(at: guess)
    }

    /// Monday.
    func startOfWeek(_ time: Int) -> Int {
        let days = Self.floor(time + offset(at: time), 86_400) / 86_400
        // 1970 began on a Thursday.
        let sinceMonday = ((days + 3) % 7 + 7) % 7
        let midnight = (days - sinceMonday) * 86_400
        return midnight - offset(at: midnight - offset(at: time))
    }

    private static func floor(_ value: Int, _ unit: Int) -> Int { value - ((value % unit) + unit) % unit }
}
