import JSON
import Scheduling

/// The rows of `accounts`. A row whose JSON columns cannot be read loses those columns, not the account; moments out of
/// bounds are brought within.
nonisolated enum AccountTable {
    /// All accounts in the operator's order.
    static func all(in connection: SQLiteConnection) throws(StorageError) -> [Account] {
        try connection.rows("SELECT \(columns) FROM accounts ORDER BY position, created_at, id") {
            (row: borrowing SQLiteRow) throws(StorageError) in try account(row)
        }
    }

    /// Adds an account behind all others.
    static func insert(_ account: Account, into connection: SQLiteConnection) throws(StorageError) {
        let marks = Array(repeating: "?", count: values(account).count).joined(separator: ", ")
        try connection.run(
            """
            INSERT INTO accounts (\(columns), email_key, position)
            VALUES (\(marks), ?, (SELECT coalesce(max(position), 0) + 1 FROM accounts))
            """, values(account) + [.text(Account.key(of: account.email))])
    }

    /// Writes everything that can change of an account.
    static func update(_ account: Account, in connection: SQLiteConnection) throws(StorageError) {
        let assignments = columnList.map { "\($0) = ?" }.joined(separator: ", ")
        try connection.run(
            "UPDATE accounts SET \(assignments) WHERE id = ?", values(account) + [.text(account.id)])
    }

    static func delete(_ id: String, from connection: SQLiteConnection) throws(StorageError) {
        try connection.run("DELETE FROM accounts WHERE id = ?", [.text(id)])
    }

    /// The operator's order from now on; accounts that the list leaves out keep their number.
    static func setOrder(_ ids: [String], in connection: SQLiteConnection) throws(StorageError) {
        for (position, id) in ids.enumerated() {
            try connection.run(
                "UPDATE accounts SET position = ? WHERE id = ?", [.integer(position + 1), .text(id)])
        }
    }

    private static let columnList = [
        "id", "kind", "email", "name", "access_token", "refresh_token", "token_type", "expires_in", "expires_at",
        "project_id", "api_key", "disabled_reason", "disabled_at", "proxy_disabled", "proxy_disabled_reason",
        "proxy_disabled_at", "created_at", "last_used", "quota", "protected_models", "device_profile",
    ]
    private static let columns = columnList.joined(separator: ", ")

    /// In the order of `columnList`.
    private static func values(_ account: Account) -> [SQLiteValue] {
        [
            .text(account.id), .text(account.kind.wireName), .text(account.email), .optional(account.name),
            .optional(account.token?.accessToken), .optional(account.token?.refreshToken),
            .optional(account.token?.tokenType), .optional(account.token?.expiresInSeconds),
            .optional(account.token?.expiresAt), .optional(account.projectID), .optional(account.apiKey),
            .optional(account.disabled?.reason), .optional(account.disabled?.at),
            .flag(account.proxyDisabled != nil), .optional(account.proxyDisabled?.reason),
            .optional(account.proxyDisabled?.at), .integer(account.createdAt), .integer(account.lastUsed),
            .optional(account.quota.map { text($0.json) }),
            .text(text(.array(account.protectedModels.map { .string($0) }))),
            .optional(account.deviceProfile.map { text($0.json) }),
        ]
    }

    private static func account(_ row: borrowing SQLiteRow) throws(StorageError) -> Account {
        guard let id = row.text(0), let kind = row.text(1).flatMap(AccountKind.init(wireName:)), let email = row.text(2)
        else { throw .unreadable(table: "accounts", what: "a row lacks id, kind or e-mail") }
        var account = Account(
            id: id, kind: kind, email: email, createdAt: row.seconds(16) ?? 0, lastUsed: row.seconds(17) ?? 0)
        account.name = row.text(3)
        if let access = row.text(4), let refresh = row.text(5) {
            account.token = AccountToken(
                accessToken: access, refreshToken: refresh, tokenType: row.text(6) ?? "Bearer",
                expiresInSeconds: row.seconds(7) ?? 0, expiresAt: row.seconds(8) ?? 0)
        }
        account.projectID = row.text(9)
        account.apiKey = row.text(10)
        account.disabled = row.seconds(12).map { Account.Disabling(reason: row.text(11), at: $0) }
        if row.flag(13) { account.proxyDisabled = Account.Disabling(reason: row.text(14), at: row.seconds(15) ?? 0) }
        account.quota = json(row.text(18)).flatMap { QuotaRecord($0) }
        account.protectedModels = json(row.text(19))?.array?.compactMap(\.string) ?? []
        account.deviceProfile = json(row.text(20)).flatMap { DeviceProfile($0) }
        return account
    }

    private static func text(_ value: JSONValue) -> String { String(decoding: value.serialized, as: UTF8.self) }

    private static func json(_ text: String?) -> JSONValue? {
        guard let text else { return nil }
        return try? JSONValue(parsing: Array(text.utf8))  // an unreadable column counts as empty: see the type
    }
}

extension SQLiteRow {
    fileprivate nonisolated func seconds(_ column: CInt) -> Int? { integer(column).map(StoredSeconds.clamped) }
}

nonisolated extension AccountKind {
    /// As stored and shown.
    var wireName: String {
        switch self {
        case .codeAssist: "code_assist"
        case .geminiKey: "gemini_key"
        }
    }

    init?(wireName: String) {
        guard let kind = AccountKind.allCases.first(where: { $0.wireName == wireName }) else { return nil }
        self = kind
    }
}
