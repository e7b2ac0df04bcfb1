import HTTP
import JSON
import Platform

/// `logs`.
nonisolated extension OperatorCommand {
    func logs() throws(OperatorCall.Failure) -> Int32 {
        let answer = try call("GET", "/api/logs?" + query)
        guard answer.status == 200, let records = answer.json?.array else { return refused(answer) }
        for record in records.reversed() { show(record) }
        if let counts = try call("GET", "/api/proxy/stats").json, let dropped = counts["dropped_records"]?.int,
            dropped > 0
        {
            Self.complain("\(dropped) records were dropped since the gateway started")
        }
        guard options.isFollowing else { return ExitCode.done }
        let filter = FollowFilter(words: options.operands, errorsOnly: options.errorsOnly)
        try call.follow("/api/logs/stream") { event in
            guard let record = Self.record(of: event), filter.takes(record) else { return }
            show(record)
        }
        // The gateway ended the stream: it stops.
        return ExitCode.done
    }

    private func show(_ record: JSONValue) {
        let line = options.isJSON ? record.serialized + [10] : Array(LogText.line(record).utf8)
        _ = Self.write(line, to: 1)
    }

    private var query: String {
        var items = ["limit=\(options.limit ?? OperatorVerb.logCount)"]
        if options.errorsOnly { items.append("errorsOnly=true") }
        if !options.operands.isEmpty {
            items.append("filter=" + PercentCoding.encode(options.operands.joined(separator: " ")))
        }
        return items.joined(separator: "&")
    }

    /// The record of a server-sent event; nil for a heartbeat.
    private static func record(of line: String) -> JSONValue? {
        guard line.hasPrefix("data: ") else { return nil }
        return try? JSONValue(parsing: Array(line.dropFirst(6).utf8))  // what is no record is not shown
    }
}

/// As the admin API filters what is stored, for what comes.
nonisolated struct FollowFilter {
    private let words: [String]
    private let errorsOnly: Bool

    init(words: [String], errorsOnly: Bool) {
        self.words = words.flatMap { $0.split(whereSeparator: \.isWhitespace) }.map { $0.lowercased() }
        self.errorsOnly = errorsOnly
    }

    private static let members = [
        "url", "method", "model", "mapped_model", "account_email", "protocol", "error",
    ]

    func takes(_ record: JSONValue) -> Bool {
        let status = record["status"]?.int ?? 0
        if errorsOnly, (200..<400).contains(status) { return false }
        let texts = Self.members.compactMap { record[$0]?.string?.lowercased() } + ["\(status)"]
        return words.allSatisfy { word in texts.contains { $0.contains(word) } }
    }
}
