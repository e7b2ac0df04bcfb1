import Foundation
import JSON
import Platform
import Testing

@testable import Supervisor

/// Taking over what the program before this gateway has left.
@Suite struct FirstStartTests {
    /// A data folder and a home folder.
    struct Place {
        let data = try! TemporaryFolder()
        let home = try! TemporaryFolder()

        init() throws {
            try FileManager.default.createDirectory(
                atPath: home.file(OriginalFolder.place + "/accounts"), withIntermediateDirectories: true)
        }

        func write(_ text: String, to name: String) throws {
            try home.write(text, to: OriginalFolder.place + "/" + name)
        }

        func record(_ id: String, _ email: String, _ more: String = "") throws {
            try write(
                """
                {"id":"\(id)","email":"\(email)","token":{"refresh_token":"1//\(id)","access_token":"ya29","expires_in":3599,
                "expiry_timestamp":1767225600,"project_id":"p-\(id)"},"created_at":5,"last_used":6\(more)}
                """, to: "accounts/\(id).json")
        }

        func start() async throws -> (accounts: AccountStore, config: JSONObject?) {
            let database = try Database(dataDirectory: data.path)
            try await FirstStart.run(database, home: home.path)
            let row = try await database.read { (connection) throws(StorageError) in
                try ConfigTable.load(from: connection)
            }
            let accounts = try await AccountStore.load(database)
            await database.close()
            return (accounts, row?.document)
        }
    }

    @Test @MainActor func `accounts come in their order with what was set for them, and the files stay as they are`()
        async throws
    {
        let place = try Place()
        try place.write(
            """
            {"version":"2.0","accounts":[{"id":"b"},{"id":"gone"},{"id":"a"},{"id":"../x"},5,{"id":"b"}],
            "current_account_id":"a"}
            """, to: "accounts.json")
        try place.record(
            "a", "a@x",
            #","name":"Ann","proxy_disabled":true,"proxy_disabled_reason":"mine","proxy_disabled_at":9,"protected_models":["m"]"#
        )
        try place.record("b", "b@x", #","disabled":true,"disabled_reason":"invalid_grant: x","disabled_at":7"#)
        try place.record("unlisted", "c@x")
        try place.record("twice", "B@X ")
        try place.write("{", to: "accounts/broken.json")
        try place.write(#"{"email":"d@x"}"#, to: "accounts/empty.json")
        let before = try FileManager.default.subpathsOfDirectory(atPath: place.home.path).sorted()
        let accounts = try await place.start().accounts
        expect(accounts.accounts.map(\.id), ["b", "a", "unlisted"], "order")
        expect(accounts.currentID, "a", "current")
        let a = try #require(accounts["a"])
        expect([a.email, a.name, a.projectID, a.token?.refreshToken], ["a@x", "Ann", "p-a", "1//a"], "a")
        expect(a.token?.tokenType, "Bearer", "a missing type is the usual one")
        expect(a.proxyDisabled, Account.Disabling(reason: "mine", at: 9), "taken out by the operator")
        expect([a.createdAt, a.lastUsed], [5, 6], "times")
        expect(a.protectedModels, ["m"], "models")
        expect(accounts["b"]?.disabled, Account.Disabling(reason: "invalid_grant: x", at: 7), "dead")
        expect(try FileManager.default.subpathsOfDirectory(atPath: place.home.path).sorted(), before, "untouched")
    }

    @Test(arguments: [Int.min, 100_000_000_000_000_000, Int.max])
    @MainActor func `numbers that no record has are taken over within their bounds`(number: Int) async throws {
        let place = try Place()
        try place.write(
            """
            {"email":"a@x","token":{"refresh_token":"1//a","expires_in":\(number),"expiry_timestamp":\(number)},
            "created_at":\(number),"last_used":\(number),"disabled":true,"disabled_at":\(number),"proxy_disabled":true,
            "proxy_disabled_at":\(number),"quota":{"models":[{"name":"m","percentage":\(number)}],"last_updated":\(number)}}
            """, to: "accounts/a.json")
        try place.write(#"{"accounts":[{"id":"a"}]}"#, to: "accounts.json")
        let account = try #require(try await place.start().accounts["a"])
        let bound = number < 0 ? 0 : StoredSeconds.range.upperBound
        let token = try #require(account.token)
        let taken = [
            token.expiresInSeconds, token.expiresAt, account.createdAt, account.lastUsed, account.disabled?.at,
            account.proxyDisabled?.at, account.quota?.lastUpdated,
        ]
        expect(taken, Array(repeating: bound, count: taken.count), "moments")
        expect(account.quota?.models.map(\.percentage), [number < 0 ? 0 : 100], "per cent")
    }

    @Test @MainActor func `it happens once: a state that has been started is left alone`() async throws {
        let place = try Place()
        try place.record("a", "a@x")
        try place.write(#"{"accounts":[{"id":"a"}]}"#, to: "accounts.json")
        expect(try await place.start().accounts.accounts.count, 1, "first")
        try place.record("b", "b@x")
        expect(try await place.start().accounts.accounts.count, 1, "second")
    }

    @Test @MainActor func `without an original nothing happens`() async throws {
        let place = try Place()
        let start = try await place.start()
        expect(start.accounts.accounts.count, 0, "accounts")
        expect(start.config == nil, true, "config")
    }

    @Test @MainActor func `its configuration is kept but for what does not fit`() async throws {
        let place = try Place()
        try place.write(
            #"{"theme":"dark","language":"xx","own":{"a":1.50},"proxy":{"api_key":"sk-original","port":"x","request_timeout":300}}"#,
            to: "gui_config.json")
        let config = JSONValue.object(try #require(try await place.start().config))
        expect(config["theme"], "dark", "theme")
        expect(config["language"], nil, "an unknown word falls to its default")
        expect(config["own"]?["a"], .number("1.50"), "what we do not know")
        expect(config[path: "proxy.api_key"], "sk-original", "key")
        expect(config[path: "proxy.port"], nil, "port")
        expect(config[path: "proxy.request_timeout"], 300, "time")
    }

    @Test func `a configuration without a usable group loses the group, not the rest`() {
        for text in [
            #"{"theme":"dark","proxy":5}"#,
            #"{"theme":"dark","proxy":{"upstream_proxy":{"enabled":true,"url":"nonsense"}}}"#,
            #"{"theme":"dark","proxy":{"upstream_proxy":{"enabled":true}}}"#,
        ] {
            guard case .object(let document)? = try? JSONValue(parsing: Array(text.utf8)) else {
                Issue.record("no document")
                continue
            }
            expect(FirstStart.fitting(document).document?["theme"], "dark", text)
        }
    }

    @Test @MainActor func `links out of the folder and records of any size are left out`() async throws {
        let place = try Place()
        try place.write("{}", to: "accounts.json")
        try place.home.write(#"{"email":"x@x","token":{"refresh_token":"1//x"}}"#, to: "outside.json")
        try FileManager.default.createSymbolicLink(
            atPath: place.home.file(OriginalFolder.place + "/accounts/link.json"),
            withDestinationPath: place.home.file("outside.json"))
        _ = FileManager.default.createFile(
            atPath: place.home.file(OriginalFolder.place + "/accounts/huge.json"), contents: nil)
        expect(truncate(place.home.file(OriginalFolder.place + "/accounts/huge.json"), 1 << 40), 0, "huge")
        expect(try await place.start().accounts.accounts.count, 0, "accounts")
    }
}
