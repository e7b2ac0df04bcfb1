import HTTP
import Platform

/// Rows of the original's tables, as this gateway keeps them: whatever stands in them, what comes out is bounded and of the
/// right kind. A column that an older version lacks counts as empty.
nonisolated struct OriginalRows {
    let columns: Set<String>
    /// Seconds since 1970.
    let now: Int

    static let textMax = 512
    static let urlMax = 4096
    static let errorMax = 2048
    static let emailMax = 320
    /// More tokens than this are none; a million rows of them still have a sum.
    static let tokensMax = 1 << 40

    // MARK: Requests

    var requestColumns: [String] {
        [
            text("id", 64), integer("timestamp"), text("method", 32), text("url", Self.urlMax), integer("status"),
            integer("duration"), text("model", Self.textMax), text("mapped_model", Self.textMax),
            text("account_email", Self.emailMax), text("error", Self.errorMax), integer("input_tokens"),
            integer("output_tokens"), text("protocol", 32),
        ]
    }

    /// nil without a time.
    func entry(_ row: borrowing SQLiteRow) -> TrafficEntry? {
        guard let timestamp = row.integer(2), (0...(now + 86_400) * 1000).contains(timestamp) else { return nil }
        let id = row.text(1).flatMap { OriginalFolder.isID($0) ? $0 : nil } ?? RandomID.uuid()
        return TrafficEntry(
            id: id, requestID: id, timestamp: timestamp, method: row.text(3) ?? "",
            url: SecretQuery.hidden(in: row.text(4) ?? ""), status: Self.bounded(row.integer(5), 999) ?? 0,
            duration: Self.bounded(row.integer(6), 86_400_000) ?? 0, model: row.text(7), mappedModel: row.text(8),
            accountEmail: row.text(9), error: row.text(10), inputTokens: Self.bounded(row.integer(11), Self.tokensMax),
            outputTokens: Self.bounded(row.integer(12), Self.tokensMax), protocolName: row.text(13), payloadKind: nil,
            clientIP: nil, workerID: nil, isStream: false, requestBody: nil, responseBody: nil)
    }

    // MARK: Tokens

    var usageColumns: [String] {
        [
            integer("timestamp"), text("account_email", Self.emailMax), text("model", Self.textMax),
            integer("input_tokens"), integer("output_tokens"),
        ]
    }

    func usage(_ row: borrowing SQLiteRow) -> TokenRow? {
        guard let timestamp = row.integer(1), (0...now + 86_400).contains(timestamp), let email = row.text(2) else {
            return nil
        }
        return TokenRow(
            timestamp: timestamp, email: email, model: row.text(3) ?? "unknown",
            input: Self.bounded(row.integer(4), Self.tokensMax) ?? 0,
            output: Self.bounded(row.integer(5), Self.tokensMax) ?? 0)
    }

    var hourColumns: [String] {
        [
            text("hour_bucket", 16), text("account_email", Self.emailMax), integer("total_input_tokens"),
            integer("total_output_tokens"), integer("request_count"),
        ]
    }

    /// nil for what is no hour.
    func hour(_ row: borrowing SQLiteRow) -> TokenHour? {
        guard let bucket = row.text(1), Self.isHour(bucket), let email = row.text(2) else { return nil }
        return TokenHour(
            bucket: bucket, email: email, input: Self.bounded(row.integer(3), Self.tokensMax) ?? 0,
            output: Self.bounded(row.integer(4), Self.tokensMax) ?? 0,
            requests: Self.bounded(row.integer(5), 1 << 32) ?? 0)
    }

    /// `2026-01-27 14:00`
    static func isHour(_ text: String) -> Bool {
        let form = Array("dddd-dd-dd dd:00".utf8)
        let bytes = Array(text.utf8)
        return bytes.count == form.count
            && zip(bytes, form).allSatisfy { $1 == UInt8(ascii: "d") ? (0x30...0x39).contains($0) : $0 == $1 }
    }

    // MARK: Columns

    /// Text that is longer is cut.
    private func text(_ name: String, _ max: Int) -> String {
        columns.contains(name) ? "CASE typeof(\(name)) WHEN 'text' THEN substr(\(name), 1, \(max)) END" : "NULL"
    }

    private func integer(_ name: String) -> String {
        columns.contains(name) ? "CASE typeof(\(name)) WHEN 'integer' THEN \(name) END" : "NULL"
    }

    private static func bounded(_ value: Int?, _ max: Int) -> Int? {
        value.flatMap { (0...max).contains($0) ? $0 : nil }
    }
}

/// A counted request of the original.
nonisolated struct TokenRow: Sendable, Equatable {
    /// Seconds since 1970.
    let timestamp: Int
    let email: String
    let model: String
    let input: Int
    let output: Int
}

/// What an account took in an hour of UTC.
nonisolated struct TokenHour: Sendable, Equatable {
    let bucket: String
    let email: String
    let input: Int
    let output: Int
    let requests: Int
}
