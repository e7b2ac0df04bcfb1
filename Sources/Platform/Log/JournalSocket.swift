import CPlatform
import Glibc

/// journald's own entrance, which takes fields instead of a line (systemd.io, "Native Journal Protocol").
struct JournalSocket {
    static let path = "/run/systemd/journal/socket"

    let raw: CInt

    /// Connects; nil if journald is not there. A connected socket still works when the process has confined itself.
    init?(path: String = JournalSocket.path) {
        guard let address = SocketAddress(path: path) else { return nil }
        let type = CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue)
        raw = socket(AF_UNIX, type, 0)
        guard raw >= 0 else { return nil }
        guard address.withPointer({ connect(raw, $0, $1) }) == 0 else {
            close(raw)
            return nil
        }
    }

    /// False if journald does not take it, being gone or behind: then the line goes to the standard error, which it also reads.
    func send(_ line: LogLine) -> Bool {
        let entry = line.journalEntry
        return Glibc.send(raw, entry, entry.count, CInt(MSG_NOSIGNAL)) == entry.count
    }
}

extension LogLine {
    /// Fields one below the other. `AG_EVENT` and `MESSAGE_ID` name the kind of line, every field of it becomes `AG_<NAME>`.
    var journalEntry: [UInt8] {
        var entry: [UInt8] = []
        let program = role.prefix { $0 != " " }
        Self.append("MESSAGE", text, to: &entry)
        Self.append("PRIORITY", String(level.rawValue), to: &entry)
        Self.append("SYSLOG_IDENTIFIER", program.isEmpty ? "antigravity" : "antigravity-\(program)", to: &entry)
        Self.append("MESSAGE_ID", messageID, to: &entry)
        Self.append("AG_EVENT", event, to: &entry)
        if let place = role.firstRange(of: "worker ") {
            Self.append("AG_WORKER", String(role[place.upperBound...]), to: &entry)
        }
        for (name, value) in fields { Self.append("AG_" + Self.fieldName(name), Self.cut(value), to: &entry) }
        return entry
    }

    /// 128 bits that belong to the event's code for good: its FNV-1a hash.
    var messageID: String {
        var hash: UInt128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d
        for byte in event.utf8 { hash = (hash ^ UInt128(byte)) &* 0x0100_0000_0000_0000_0000_013b }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 32 - digits.count) + digits
    }

    /// journald takes capital letters, digits and underscores, at most 64.
    private static func fieldName(_ name: String) -> String {
        String(name.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }.prefix(60))
    }

    private static func append(_ name: String, _ value: String, to entry: inout [UInt8]) {
        entry += name.utf8
        if value.utf8.contains(UInt8(ascii: "\n")) {
            entry.append(UInt8(ascii: "\n"))
            withUnsafeBytes(of: UInt64(value.utf8.count).littleEndian) { entry += $0 }
        } else {
            entry.append(UInt8(ascii: "="))
        }
        entry += value.utf8
        entry.append(UInt8(ascii: "\n"))
    }
}
