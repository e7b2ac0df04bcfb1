import JSON
import Testing

@testable import Supervisor

/// Changes of the configuration beside changes of accounts.
@Suite @MainActor struct ConfigStoreTests {
    private static let refusal = ConfigChangeError.fault(
        .bad(path: ConfigStore.preferredAccount, complaint: "names no account"))

    /// A store that knows the accounts of a fixture.
    private func store(_ fixture: AccountsFixture) async throws -> ConfigStore {
        let settings = try Settings.load(environment: ["ANTIGRAVITY_DATA_DIR": fixture.folder.path])
        let config = try await ConfigStore.load(fixture.database, settings)
        config.isAccount = { fixture.store[$0] != nil }
        return config
    }

    private func patch(_ id: JSONValue) -> JSONObject { ["proxy": ["preferred_account_id": id]] }

    @Test func `the preferred account must be there, whichever way it is named`() async throws {
        let fixture = try await AccountsFixture()
        let account = try await fixture.insert()
        let config = try await store(fixture)
        var whole = JSONValue.object(config.shown)
        whole[path: ConfigStore.preferredAccount] = "nobody"
        await #expect(throws: Self.refusal) { try await config.merge(patch("nobody")) }
        await #expect(throws: Self.refusal) { try await config.replace(by: whole.object ?? [:]) }
        await #expect(throws: Self.refusal) { try await config.set(ConfigStore.preferredAccount, to: "nobody") }
        expect(config.preferredAccount, nil, "refused")
        _ = try await config.merge(patch(.string(account.id)))
        expect(config.preferredAccount, account.id, "taken")
        _ = try await config.merge(patch(.null))
        expect(config.preferredAccount, nil, "nobody")
    }

    @Test func `an account that is removed before its turn is not preferred`() async throws {
        let fixture = try await AccountsFixture()
        let account = try await fixture.insert()
        let config = try await store(fixture)
        let removal = AccountRemoval(store: fixture.store, config: config)
        let removing = Task { try await removal.remove([account.id]) }
        let preferring = Task { try await config.set(ConfigStore.preferredAccount, to: .string(account.id)) }
        expect(try await removing.value, [account.id], "removed")
        await #expect(throws: Self.refusal) { try await preferring.value }
    }

    @Test(arguments: [true, false])
    func `a preference that has outlived its account is cleared at the start and by the next change`(isStart: Bool)
        async throws
    {
        let fixture = try await AccountsFixture()
        let config = try await store(fixture)
        config.isAccount = nil
        try await config.set(ConfigStore.preferredAccount, to: "gone")
        let next = try await store(fixture)
        if isStart { await next.forgetUnknownPreference() } else { _ = try await next.merge(["refresh_interval": 20]) }
        expect(next.preferredAccount, nil, "in force")
        expect(try await store(fixture).preferredAccount, nil, "stored")
    }
}
