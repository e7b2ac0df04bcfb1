/// The public address in a line of cloudflared's log, in its form for people and in its JSON form.
///
/// Source: cloudflared, `quickTunnel` (the address in a box) and `Updated to new configuration` (the ingress rules that
/// Cloudflare sends a named tunnel, as JSON in a field).
nonisolated enum TunnelAddress {
    static func find(in line: String, isNamed: Bool) -> String? {
        isNamed ? named(line) : quick(line)
    }

    private static let scheme = Array("https://".utf8)
    private static let suffix = Array(".trycloudflare.com".utf8)

    /// The first `https://<label>.trycloudflare.com`. The service that hands such names out, `api`, stands in error lines.
    private static func quick(_ line: String) -> String? {
        let bytes = Array(line.utf8)
        var start = 0
        while let found = bytes[start...].firstRange(of: scheme) {
            var end = found.upperBound
            while end < bytes.count, isOfLabel(bytes[end]) { end += 1 }
            let label = bytes[found.upperBound..<end]
            let behind = bytes[end...].prefix(suffix.count + 1)
            start = end
            guard !label.isEmpty, label.count <= 63, !label.elementsEqual("api".utf8), behind.starts(with: suffix)
            else {
                continue
            }
            // A longer name, such as that of somebody else's host.
            if let next = behind.dropFirst(suffix.count).first, isOfLabel(next) || next == UInt8(ascii: ".") {
                continue
            }
            return String(decoding: scheme + label + suffix, as: UTF8.self)
        }
        return nil
    }

    /// The host of the first ingress rule that has one.
    private static func named(_ line: String) -> String? {
        guard line.contains("Updated to new configuration"), line.contains("ingress"),
            let member = line.firstRange(of: "hostname")
        else { return nil }
        // Between name and value: quotes, escaped once or more often, a colon, blanks.
        let value = line[member.upperBound...].drop { "\\\": ".contains($0) }
        let host = value.prefix { $0 != "\\" && $0 != "\"" }
        guard SettingForm.isHost(host), host.contains(".") else { return nil }
        return "https://" + host.lowercased()
    }

    private static func isOfLabel(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
        default: false
        }
    }
}
