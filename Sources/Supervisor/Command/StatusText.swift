import JSON

/// `status` for people.
nonisolated enum StatusText {
    /// - Parameters:
    ///   - document: what `--json` prints.
    ///   - now: seconds since 1970.
    static func render(_ document: JSONValue, now: Int) -> String {
        let service = document["service"] ?? .null
        let accounts = document["accounts"]?.array ?? []
        var lines = [head(service)]
        lines.append("")
        lines += table(
            [["ACCOUNT", "STATE", "LIMITS"]] + accounts.flatMap { rows($0, now) })
        lines.append("")
        let workers = service["workers"]?.array ?? []
        lines += table(
            [["WORKER", "PID", "STATE", "REQUESTS", "MEMORY"]]
                + workers.map { worker in
                    [
                        number(worker["id"]), number(worker["pid"]), worker["state"]?.string ?? "",
                        number(worker["active_requests"]), "\((worker["resident_bytes"]?.int ?? 0) >> 20) MiB",
                    ]
                })
        return lines.joined(separator: "\n") + "\n"
    }

    private static func head(_ service: JSONValue) -> String {
        let pool = service["scheduling"] ?? .null
        return "version \(service["version"]?.string ?? "unknown"), port \(number(service["port"])), "
            + "up \(duration(service["uptime_seconds"]?.int ?? 0)); "
            + "\(number(pool["leases"])) requests with accounts, \(number(pool["waiting"])) waiting, "
            + "\(number(pool["bindings"])) conversations"
    }

    /// An account, with a line of its own for each further limit.
    private static func rows(_ account: JSONValue, _ now: Int) -> [[String]] {
        var state = account["proxy_disabled"] == true ? "SWITCHED OFF" : account["state"]?.string ?? ""
        if let until = account["state_until"]?.int { state += " for \(duration(until - now))" }
        var notes = (account["locks"]?.array ?? []).map { lock in
            let until = lock["until"]?.int.map { " for \(duration($0 - now))" } ?? ""
            return "\(lock["model"]?.string ?? "all models"): \(lock["reason"]?.string ?? "")\(until)"
        }
        if let reason = account["state_reason"]?.string { notes.insert(reason, at: 0) }
        if let page = account["validation_url"]?.string { notes.insert(page, at: min(1, notes.count)) }
        let first = [account["email"]?.string ?? "", state, notes.first ?? ""]
        return [first] + notes.dropFirst().map { ["", "", $0] }
    }

    private static func table(_ rows: [[String]]) -> [String] {
        let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            row.indices.map { column in
                column == row.count - 1
                    ? row[column]
                    : row[column] + String(repeating: " ", count: widths[column] - row[column].count + 2)
            }.joined()
        }
    }

    /// `2h37m`, `45s`: the two largest units.
    static func duration(_ seconds: Int) -> String {
        let seconds = max(0, seconds)
        let units = [
            ("d", seconds / 86_400), ("h", seconds / 3600 % 24), ("m", seconds / 60 % 60), ("s", seconds % 60),
        ]
        let from = units.firstIndex { $0.1 > 0 } ?? 3
        return units[from...].prefix(2).filter { $0.1 > 0 || from == 3 }.map { "\($0.1)\($0.0)" }.joined()
    }

    private static func number(_ value: JSONValue?) -> String { value?.int.map(String.init) ?? "-" }
}
