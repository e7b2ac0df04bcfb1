import Foundation
import JSON
import Platform
import Testing

@testable import Supervisor

/// Files of other programs, good and hostile.
@Suite struct ImportReaderTests {
    /// A home folder of one test and the reader that looks into it.
    struct Home {
        let folder = try! TemporaryFolder()
        var reader: ImportReader {
            ImportReader(home: folder.path, scratch: Self.real(folder.path) + "/scratch")
        }

        static func real(_ path: String) -> String { ForeignFile.realFolder(path) ?? path }

        func make(_ name: String) throws {
            try FileManager.default.createDirectory(
                atPath: folder.file(name), withIntermediateDirectories: true)
        }

        /// A state database of an editor with these values.
        @discardableResult func database(
            _ name: String, _ values: [String: String], table: String = "key TEXT PRIMARY KEY, value TEXT"
        ) throws -> String {
            let path = Self.real(folder.path) + "/" + name
            let connection = try SQLiteConnection(path: path, mode: .create)
            try connection.script("CREATE TABLE ItemTable (\(table))")
            for (key, value) in values {
                try connection.run("INSERT INTO ItemTable VALUES (?, ?)", [.text(key), .text(value)])
            }
            return path
        }
    }

    static func outcome(_ read: () async throws(ImportError) -> ImportSource) async -> String {
        do throws(ImportError) {
            let source = try await read()
            return source.logins.map { "\($0.name) \($0.refreshToken)" }.joined(separator: ", ")
        } catch {
            switch error {
            case .missing: return "missing"
            case .unreadable(_, let why): return "unreadable: \(why)"
            case .noLogin: return "no login"
            }
        }
    }

    private static let token = EditorLoginTests.token

    @Test func `an editor's database holds one login in whatever layout, the newer first`() async throws {
        let home = Home()
        let rows: [([String: String], String)] = [
            ([EditorLogin.oldKey: EditorLoginTests.old], "dev@example.com \(Self.token)"),
            ([EditorLogin.newKey: EditorLoginTests.new], Self.token),
            ([EditorLogin.newKey: EditorLoginTests.nested], Self.token),
            (
                [EditorLogin.newKey: "broken", EditorLogin.oldKey: EditorLoginTests.old],
                "dev@example.com \(Self.token)"
            ),
            ([EditorLogin.newKey: "broken"], "unreadable: its login cannot be read"),
            ([EditorLogin.oldKey: "!"], "unreadable: its login cannot be read"), (["other": "x"], "no login"),
        ]
        for (index, (values, expected)) in rows.enumerated() {
            let path = try home.database("\(index).vscdb", values)
            let before = try Data(contentsOf: URL(filePath: path))
            let found = await Self.outcome { () async throws(ImportError) in try await home.reader.read(path) }
            expect(found.hasSuffix(expected), true, "row \(index): \(found)")
            expect(try Data(contentsOf: URL(filePath: path)), before, "untouched")
        }
        expect(try home.folder.names(in: "scratch"), [], "no copy is left")
    }

    @Test func `the project of a company comes with the login`() async throws {
        let home = Home()
        let path = try home.database(
            "state.vscdb",
            [EditorLogin.newKey: EditorLoginTests.new, EditorLogin.projectKey: EditorLoginTests.project])
        expect(try await home.reader.read(path).logins.map(\.project), ["demo-project-1"], "project")
    }

    @Test func `what the editor has not yet moved into its file is read from the journal`() async throws {
        let home = Home()
        let path = Home.real(home.folder.path) + "/state.vscdb"
        let connection = try SQLiteConnection(path: path, mode: .create)
        _ = try connection.text("PRAGMA journal_mode = WAL")
        try connection.script("CREATE TABLE ItemTable (key TEXT PRIMARY KEY, value BLOB)")
        try connection.run(
            "INSERT INTO ItemTable VALUES (?, ?)",
            [.text(EditorLogin.newKey), .blob(Array(EditorLoginTests.new.utf8))])
        let found = await Self.outcome { () async throws(ImportError) in try await home.reader.read(path) }
        expect(found.hasSuffix(Self.token), true, found)
    }

    @Test func `a database that is none, damaged, cut or hostile is unreadable, whatever it is`() async throws {
        let home = Home()
        let sound = try home.database("sound.vscdb", [EditorLogin.newKey: EditorLoginTests.new])
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: sound)))
        let magic = EditorState.magic
        var random = EditorLoginTests.Generator(state: 7)
        var files: [[UInt8]] = [magic, magic + [UInt8](repeating: 0xFF, count: 5000), Array(bytes.prefix(200))]
        for _ in 0..<60 {
            var damaged = bytes
            for _ in 0..<40 {
                damaged[16 + Int(random.next() % UInt64(bytes.count - 16))] = UInt8(random.next() & 0xFF)
            }
            files.append(damaged)
        }
        for (index, file) in files.enumerated() {
            let found = await Self.outcome { () async throws(ImportError) in
                try await home.reader.read(file, name: "upload")
            }
            let isExpected = found.hasPrefix("unreadable") || found == "no login" || found.hasSuffix(Self.token)
            expect(isExpected, true, "file \(index): \(found)")
        }
        for (name, schema) in [
            ("view", "CREATE VIEW ItemTable AS SELECT 'a' AS key, 'b' AS value"),
            (
                "endless",
                """
                CREATE VIEW ItemTable AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
                SELECT i AS key, i AS value FROM n
                """
            ), ("other", "CREATE TABLE Other (key, value)"),
            ("columns", "CREATE TABLE ItemTable (a, b)"),
            (
                "computed",
                "CREATE TABLE ItemTable (key TEXT, value TEXT AS (hex(zeroblob(3000000)))); "
                    + "INSERT INTO ItemTable (key) VALUES ('\(EditorLogin.newKey)')"
            ),
        ] {
            let path = Home.real(home.folder.path) + "/\(name).vscdb"
            try SQLiteConnection(path: path, mode: .create).script(schema)
            let found = await Self.outcome { () async throws(ImportError) in try await home.reader.read(path) }
            expect(found.hasPrefix("unreadable"), true, "\(name): \(found)")
        }
        let large = try home.database(
            "large.vscdb", [EditorLogin.newKey: String(repeating: "A", count: EditorState.valueSizeMaxBytes + 1)])
        let found = await Self.outcome { () async throws(ImportError) in try await home.reader.read(large) }
        expect(found.hasPrefix("unreadable"), true, found)
    }

    @Test func `links, pipes, folders and huge files are not read`() async throws {
        let home = Home()
        let sound = try home.database("sound.vscdb", [EditorLogin.newKey: EditorLoginTests.new])
        try FileManager.default.createSymbolicLink(atPath: home.folder.file("link"), withDestinationPath: sound)
        expect(mkfifo(home.folder.file("pipe"), 0o600), 0, "pipe")
        _ = FileManager.default.createFile(atPath: home.folder.file("huge"), contents: nil)
        expect(truncate(home.folder.file("huge"), 1 << 40), 0, "huge")
        try FileManager.default.copyItem(atPath: sound, toPath: home.folder.file("grown"))
        expect(truncate(home.folder.file("grown"), 1 << 40), 0, "grown")
        for name in ["link", "pipe", "huge", "grown"] {
            let found = await Self.outcome { () async throws(ImportError) in
                try await home.reader.read(home.folder.file(name))
            }
            expect(found.hasPrefix("unreadable"), true, "\(name): \(found)")
        }
        let gone = await Self.outcome { () async throws(ImportError) in
            try await home.reader.read(home.folder.file("gone"))
        }
        expect(gone, "missing", "gone")
    }

    @Test func `without a path the editor is asked first, then the first version`() async throws {
        let home = Home()
        let reader = home.reader
        expect(
            await Self.outcome { () async throws(ImportError) in try await reader.readHome() }, "missing", "neither")
        try home.make(OldFolder.place)
        try home.folder.write(
            #"{"a":{"email":"a@example.com","backup_file":"a.json"}}"#, to: OldFolder.place + "/accounts.json")
        try home.folder.write(#"{"token":{"refresh_token":"1//old"}}"#, to: OldFolder.place + "/a.json")
        expect(
            await Self.outcome { () async throws(ImportError) in try await reader.readHome() }, "a@example.com 1//old",
            "the first version")
        try home.make(".config/Antigravity/User/globalStorage")
        try home.database(EditorState.place, [EditorLogin.newKey: EditorLoginTests.new])
        let found = await Self.outcome { () async throws(ImportError) in try await reader.readHome() }
        expect(found.hasSuffix(Self.token), true, found)
    }

    @Test func `an index of the first version leads to its files wherever they have gone, and not out of its folder`()
        async throws
    {
        let home = Home()
        try home.make("v1/backups")
        try home.make("v1/accounts")
        func token(_ text: String) -> String { #"{"token":{"refresh_token":"\#(text)"}}"# }
        try home.folder.write(token("1//one"), to: "v1/one.json")
        try home.folder.write(token("1//two"), to: "v1/backups/two.json")
        try home.folder.write(token("1//three"), to: "v1/accounts/three.json")
        try home.folder.write(#"{"\#(EditorLogin.oldKey)":"\#(EditorLoginTests.old)"}"#, to: "v1/four.json")
        try home.folder.write(token("1//outside"), to: "outside.json")
        try home.folder.write(token("1//five"), to: "absolute.json")
        try home.folder.write("{", to: "v1/broken.json")
        try FileManager.default.createSymbolicLink(
            atPath: home.folder.file("v1/link.json"), withDestinationPath: home.folder.file("outside.json"))
        try FileManager.default.createSymbolicLink(
            atPath: home.folder.file("v1/way"), withDestinationPath: home.folder.path)
        let index: JSONValue = [
            "accounts": [
                "1": ["email": "1@x", "backup_file": "one.json"],
                "2": ["email": "2@x", "data_file": "/gone/to/two.json"],
                "3": ["email": "3@x", "backup_file": "C:/old/three.json"],
                "4": ["backup_file": "backups/four.json"],
                "5": ["email": "5@x", "backup_file": .string(home.folder.file("absolute.json"))],
                "up": ["email": "up@x", "backup_file": "../outside.json"],
                "link": ["email": "link@x", "backup_file": "link.json"],
                "way": ["email": "way@x", "backup_file": "way/outside.json"],
                "gone": ["email": "gone@x", "backup_file": "gone.json"],
                "broken": ["email": "broken@x", "backup_file": "broken.json"], "none": ["email": "none@x"], "text": "x",
                "again": ["email": "again@x", "backup_file": "one.json"], "type": ["backup_file": 5],
            ], "current_account_id": "1",
        ]
        try home.folder.write(String(decoding: index.serialized, as: UTF8.self), to: "v1/antigravity_accounts.json")
        let source = try await home.reader.readOld(home.folder.file("v1"))
        expect(
            source.logins.map { "\($0.email ?? "-") \($0.refreshToken)" },
            [
                "1@x 1//one", "2@x 1//two", "3@x 1//three", "dev@example.com \(Self.token)", "5@x 1//five",
            ], "logins")
        expect(
            source.skipped.map(\.name), ["up@x", "link@x", "way@x", "gone@x", "broken@x", "none@x", "again@x", "type"],
            "skipped")
    }

    struct Document: Sendable {
        let text: String
        let expected: String
    }

    static let documents: [Document] = [
        Document(
            text: #"[{"refresh_token":"1//a","email":"a@x"},{"refresh_token":" 1//b "}]"#,
            expected: "a@x 1//a, entry 2 1//b"),
        Document(text: #"{"accounts":[{"refresh_token":"1//a"},5,{"email":"b@x"}]}"#, expected: "entry 1 1//a"),
        Document(text: #"{"email":"a@x","token":{"refresh_token":"1//a","project_id":"p"}}"#, expected: "a@x 1//a"),
        Document(text: #"{"refresh_token":"1//a"}"#, expected: "upload 1//a"),
        Document(text: #"[{"refresh_token":"1//a"},{"refresh_token":"1//a"}]"#, expected: "entry 1 1//a"),
        Document(text: #"{"accounts":{"a":{"backup_file":"a.json"}}}"#, expected: ""),
        Document(text: "[]", expected: ""), Document(text: "{}", expected: "unreadable: it holds no accounts"),
        Document(text: "5", expected: "unreadable: it holds no accounts"),
        Document(text: "null", expected: "unreadable: it holds no accounts"),
        Document(text: "", expected: "unreadable: it is no JSON"),
        Document(text: "{", expected: "unreadable: it is no JSON"),
        Document(text: #"{"token":5}"#, expected: "unreadable: it holds no accounts"),
        Document(text: String(repeating: "[", count: 5000), expected: "unreadable: it is no JSON"),
        Document(text: #"[{"refresh_token":""}]"#, expected: ""),
        Document(text: #"[{"refresh_token":5}]"#, expected: ""),
    ]

    @Test(arguments: documents.indices)
    func `accounts are found in JSON of every shape`(row: Int) async throws {
        let home = Home()
        let document = Self.documents[row]
        let found = await Self.outcome { () async throws(ImportError) in
            try await home.reader.read(Array(document.text.utf8), name: "upload")
        }
        expect(found, document.expected, document.text)
    }
}
