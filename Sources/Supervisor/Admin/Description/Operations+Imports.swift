import JSON

nonisolated extension Operations {
    static let imports: [Operation] = [
        .post(
            "/api/accounts/import/db", "Takes over the login of an editor, a folder or a file",
            takes: .json(.object(optional: ["path": path.orNull]), example: ["path": "/home/dev/state.vscdb"]),
            .json(.named(.imported), Examples.account, "The first account, and what else there was."), importing),
        .post(
            "/api/accounts/import/db-custom", "The same, from the place that is named",
            takes: .json(.object(["path": path]), example: ["path": "/home/dev/state.vscdb"]),
            .json(.named(.imported), Examples.account, "The first account, and what else there was."), importing),
        .post(
            "/api/accounts/import/v1", "Takes over a folder of the first version",
            takes: .json(.object(optional: ["path": path.orNull]), example: ["path": "/home/dev/.antigravity-agent"]),
            .json(.list(of: .named(.account)), [Examples.account], "What was stored."),
            [.importSourceNotFound, .importUnreadable]),
        .post(
            "/api/accounts/import/upload", "Takes over what is sent: a database, JSON, or a form with such files",
            takes: .upload,
            .json(
                .object(["imported": .list(of: .named(.account)), "skipped": .list(of: .named(.skipped))]),
                ["imported": [Examples.account], "skipped": []]), importing),
        .post(
            "/api/accounts/sync/db", "Takes over the editor's login if it is not that of the current account",
            .json(Shape.named(.account).orNull, .null, "The account; null if there was nothing to do."),
            [.importUnreadable] + .checking),
        .post(
            "/api/accounts/export", "Gives out refresh tokens",
            takes: .json(
                .object(optional: [
                    "accountIds": Shape.list(of: .bounded(0...256), countMax: AccountStore.countMax).orNull
                        .says("Absent or null: of all accounts.")
                ]), example: ["accountIds": [Examples.id]]),
            .json(
                .object(["accounts": .list(of: .object(["email": .text, "refresh_token": .text]))]),
                ["accounts": [["email": "dev@example.com", "refresh_token": "1//0abc"]]])),
    ]

    private static let path = Shape.matching(#"^/(?!(.*/)?\.\.(/|$))"#)
        .says("Absolute, without `..`, at most 4096 bytes.")
    private static let importing: [AdminError.Code] = [.importSourceNotFound, .importUnreadable] + .checking
}
