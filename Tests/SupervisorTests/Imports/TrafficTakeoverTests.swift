import Foundation
import Testing

@testable import Supervisor

/// Taking over the traffic log and the statistics of the program before this gateway.
@Suite @MainActor struct TrafficTakeoverTests {
    let data: TemporaryFolder
    let old: TemporaryFolder
    let database: Database
    let telemetry: Telemetry

    init() async throws {
        data = try TemporaryFolder()
        old = try TemporaryFolder()
        database = try Database(dataDirectory: data.path)
        telemetry = Telemetry(path: database.telemetryPath)
        await telemetry.open()
        let path = old.path
        try await database.write { (connection) throws(StorageError) in
            try MetaTable.set(.originalFolder, to: path, in: connection)
        }
    }

    nonisolated static let requests = """
        CREATE TABLE request_logs (id TEXT PRIMARY KEY, timestamp INTEGER, method TEXT, url TEXT, status INTEGER,
            duration INTEGER, model TEXT, mapped_model TEXT, account_email TEXT, error TEXT, request_body TEXT,
            response_body TEXT, input_tokens INTEGER, output_tokens INTEGER, protocol TEXT);
        """
    nonisolated static let tokens = """
        CREATE TABLE token_usage (id INTEGER PRIMARY KEY AUTOINCREMENT, timestamp INTEGER NOT NULL,
            account_email TEXT NOT NULL, model TEXT NOT NULL, input_tokens INTEGER, output_tokens INTEGER,
            total_tokens INTEGER);
        CREATE TABLE token_stats_hourly (hour_bucket TEXT NOT NULL, account_email TEXT NOT NULL,
            total_input_tokens INTEGER, total_output_tokens INTEGER, total_tokens INTEGER, request_count INTEGER,
            PRIMARY KEY (hour_bucket, account_email));
        """

    func make(_ name: String, _ sql: String) throws {
        try SQLiteConnection(path: old.file(name), mode: .create).script(sql)
    }

    func run(secrets: [String] = []) async {
        await TrafficTakeover(
            database, telemetry, secrets: LiteralSecrets(secrets), scratch: data.file("takeover")
        ).run()
    }

    func records() async -> [TrafficEntry] {
        await telemetry.run { (connection) throws(StorageError) in
            try TrafficTable.list(TrafficFilter(text: "")!, limit: 1_000, offset: 0, in: connection)
        } ?? []
    }

    func number(_ sql: String) async -> Int? {
        await telemetry.run { (connection) throws(StorageError) in try connection.integer(sql) } ?? nil
    }

    @Test func `records and tokens come over, without bodies and secrets, and the files stay as they are`() async throws
    {
        try make(
            "proxy_logs.db",
            Self.requests + """
                INSERT INTO request_logs VALUES ('0d0a-1', 1769500123456, 'POST', '/v1/messages?key=abc&beta=true', 200,
                    4120, 'claude', 'claude-thinking', 'a@x', NULL, 'my prompt', 'sk-mine', 18, 5, 'anthropic');
                INSERT INTO request_logs VALUES ('../x', 1769500123457, 'POST', '/v1/x', 500, 1, NULL, NULL, NULL,
                    'the key sk-mine was wrong', NULL, NULL, NULL, NULL, NULL);
                """)
        try make(
            "token_stats.db",
            Self.tokens + """
                INSERT INTO token_usage VALUES (7, 1769500123, 'a@x', 'claude', 18, 5, 23);
                INSERT INTO token_stats_hourly VALUES ('2026-01-27 07:00', 'a@x', 18, 5, 23, 1);
                """)
        let before = try Data(contentsOf: URL(filePath: old.file("proxy_logs.db")))
        await run(secrets: ["sk-mine"])
        let found = await records()
        expect(found.map(\.status), [500, 200], "newest first")
        expect(found.last?.id, "0d0a-1", "id")
        expect(found.last?.url, "/v1/messages?key=***&beta=true", "address")
        expect(found.first?.error, "the key *** was wrong", "error")
        expect(OriginalFolder.isID(found.first?.id ?? ""), true, "an id that is none")
        expect(await number("SELECT count(*) FROM request_bodies"), 0, "bodies")
        expect(await number("SELECT sum(total_tokens) FROM token_usage"), 23, "usage")
        expect(await number("SELECT sum(total_tokens) FROM token_stats_hourly"), 23, "hours")
        expect(try Data(contentsOf: URL(filePath: old.file("proxy_logs.db"))), before, "file")
        expect(try old.names(), ["proxy_logs.db", "token_stats.db"], "files")

        // Once it is done it is done.
        await run()
        expect(await records().count, 2, "again")
        expect(await number("SELECT sum(request_count) FROM token_stats_hourly"), 1, "again")
        expect(await number("SELECT count(*) FROM takeovers"), 0, "nothing is left to do")
    }

    @Test func `a takeover that was stopped goes on where it was, and counts nothing twice`() async throws {
        try make(
            "proxy_logs.db",
            Self.requests + """
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
                INSERT INTO request_logs (id, timestamp, method, url, status, duration)
                SELECT 'id-' || i, 1769500000000 + i, 'POST', '/v1/x', 200, 1 FROM n;
                """)
        try make(
            "token_stats.db",
            Self.tokens + """
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
                INSERT INTO token_usage (timestamp, account_email, model, input_tokens, output_tokens)
                SELECT 1769500000 + i, 'a@x', 'm', 1, 1 FROM n;
                """)
        let first = TrafficTakeover(
            database, telemetry, secrets: LiteralSecrets([]), scratch: data.file("takeover"))
        let running = Task { await first.run() }
        while (await number("SELECT count(*) FROM request_logs") ?? 0) == 0 { await Task.yield() }
        first.stop()
        await running.value
        await run()
        expect(Set(await records().map(\.id)).count, 1_000, "records")
        expect(await number("SELECT count(*) FROM request_logs"), 1_000, "each once")
        expect(await number("SELECT count(*) FROM token_usage"), 500, "usage")
    }

    @Test func `what an older version has not, and what stands only in the journal`() async throws {
        let writer = try SQLiteConnection(path: old.file("proxy_logs.db"), mode: .create)
        _ = try writer.text("PRAGMA journal_mode = WAL")
        try writer.script(
            """
            CREATE TABLE request_logs (id TEXT PRIMARY KEY, timestamp INTEGER, url TEXT, status INTEGER);
            INSERT INTO request_logs VALUES ('a', 1769500000000, '/v1/x', 200);
            """)
        await run()
        withExtendedLifetime(writer) {}
        expect(await records().map(\.url), ["/v1/x"], "the journal's row")
        expect(try data.names().contains("takeover"), true, "the folder of copies")
        expect(try data.names(in: "takeover"), [], "no copy stays")
    }

    @Test(
        "a file that is meant to do harm costs little, and what follows is taken over",
        arguments: [
            "text", "cut", "folder", "link", "view", "virtual", "no table", "values", "wrong kinds", "trigger",
            "no rowid",
        ])
    func hostile(how: String) async throws {
        try make("token_stats.db", Self.tokens + "INSERT INTO token_usage VALUES (1, 1769500123, 'a@x', 'm', 1, 1, 2);")
        let path = old.file("proxy_logs.db")
        switch how {
        case "text": try old.write("no database at all", to: "proxy_logs.db")
        case "cut":
            try make(
                "proxy_logs.db", Self.requests + "INSERT INTO request_logs (id, url) VALUES ('a', hex(zeroblob(9000)));"
            )
            let half = try Data(contentsOf: URL(filePath: path)).prefix(9_000)
            try half.write(to: URL(filePath: path))
        case "folder": try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        case "link": try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/etc/passwd")
        case "view":
            try make(
                "proxy_logs.db",
                """
                CREATE VIEW request_logs AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
                SELECT i AS id, i AS timestamp FROM n;
                """)
        case "virtual": try make("proxy_logs.db", "CREATE VIRTUAL TABLE request_logs USING fts5(id, timestamp, url);")
        case "no table": try make("proxy_logs.db", "CREATE TABLE other (a);")
        case "values":
            try make(
                "proxy_logs.db",
                Self.requests + """
                    INSERT INTO request_logs (id, timestamp, url, error) VALUES
                        ('a', 1769500000000, hex(zeroblob(100000)), hex(zeroblob(20000000)));
                    """)
        case "wrong kinds":
            try make(
                "proxy_logs.db",
                """
                CREATE TABLE request_logs (id, timestamp, method, url, status, duration, input_tokens);
                INSERT INTO request_logs VALUES (1, 'soon', x'00', 5, 'ok', -1, 1e300);
                INSERT INTO request_logs VALUES (x'01', 9223372036854775807, NULL, NULL, 5, 5, 5);
                INSERT INTO request_logs VALUES (NULL, 1769500000000, 3, x'', 99999, -5, -7);
                """)
        case "trigger":
            try make(
                "proxy_logs.db",
                Self.requests + """
                    ALTER TABLE request_logs ADD COLUMN made TEXT AS (hex(zeroblob(1000000)));
                    CREATE TRIGGER t AFTER INSERT ON request_logs BEGIN SELECT randomblob(1000000); END;
                    INSERT INTO request_logs (id, timestamp, url) VALUES ('a', 1769500000000, '/v1/x');
                    """)
        default:
            try make(
                "proxy_logs.db", "CREATE TABLE request_logs (id TEXT PRIMARY KEY, timestamp INTEGER) WITHOUT ROWID;")
        }
        await run()
        let found = await records()
        expect(found.allSatisfy { $0.url.utf8.count <= 4_096 && $0.status <= 999 && $0.duration >= 0 }, true, "bounds")
        expect(found.count, ["wrong kinds", "trigger"].contains(how) ? 1 : 0, "records")
        expect(await number("SELECT count(*) FROM token_usage"), 1, "what follows")
    }
}
