import Platform
import Scheduling
import Testing

@testable import Supervisor

/// Changes of the list of accounts: stored first, and then in force at once.
@Suite @MainActor struct AccountChangesTests {
    static let nothing: AccountStore.Alongside = { _ throws(StorageError) in }

    /// A store whose writes fail from now on.
    static func close(_ fixture: AccountsFixture) async { await fixture.database.close() }

    @Test func `a removed account takes its device versions along and the first one left becomes current`() async throws
    {
        let fixture = try await AccountsFixture()
        let (first, second) = (try await fixture.insert("a@x.com"), try await fixture.insert("b@x.com"))
        let version = DeviceVersion(profile: .random(), label: .generate, at: 1)
        try await fixture.database.change { (connection) throws(StorageError) in
            try DeviceTable.bind(version, to: first.id, in: connection)
        }
        var told = 0
        fixture.store.onChange = { told += 1 }
        expect(try await fixture.store.remove([first.id, "unknown"], alongside: Self.nothing), [first.id], "removed")
        expect(told, 1, "the scheduler is told")
        expect(fixture.store.email(of: first.id), "a@x.com", "an answer that it has begun may end later")
        expect(fixture.store.currentID, second.id, "current")
        expect(try await fixture.stored().map(\.id), [second.id], "stored")
        let left = try await fixture.database.read { (connection) throws(StorageError) in
            try DeviceTable.versions(of: first.id, in: connection)
        }
        expect(left, [], "device versions")
        expect(try await fixture.store.remove([second.id], alongside: Self.nothing), [second.id], "removed")
        expect(fixture.store.currentID, nil, "nobody is current")
        let reloaded = try await AccountStore.load(fixture.database)
        expect(reloaded.currentID, nil, "stored pointer")
    }

    @Test func `what cannot be stored changes nothing and tells nobody`() async throws {
        let fixture = try await AccountsFixture()
        let (first, second) = (try await fixture.insert("a@x.com"), try await fixture.insert("b@x.com"))
        var told = 0
        fixture.store.onChange = { told += 1 }
        let before = fixture.store.accounts
        await Self.close(fixture)
        await #expect(throws: StorageError.closed) {
            _ = try await fixture.store.remove([first.id], alongside: Self.nothing)
        }
        await #expect(throws: StorageError.closed) { try await fixture.store.reorder([second.id]) }
        await #expect(throws: StorageError.closed) {
            _ = try await fixture.store.change(first.id) { $0.proxyDisabled = Account.Disabling(reason: nil, at: 1) }
        }
        await #expect(throws: StorageError.closed) {
            _ = try await fixture.store.makeCurrent(second.id, alongside: Self.nothing) { $0.lastUsed = 9 }
        }
        expect(fixture.store.accounts, before, "memory")
        expect(fixture.store.currentID, first.id, "current")
        expect(told, 0, "the scheduler hears nothing")
    }

    @Test func `a part of a removal that fails takes the whole back`() async throws {
        let fixture = try await AccountsFixture()
        let account = try await fixture.insert()
        await #expect(throws: StorageError.busy) {
            _ = try await fixture.store.remove([account.id]) { _ throws(StorageError) in throw .busy }
        }
        expect(fixture.store[account.id] != nil, true, "memory")
        expect(try await fixture.stored().map(\.id), [account.id], "database")
    }

    @Test func `the order is the list first, then the others as they stood`() async throws {
        let fixture = try await AccountsFixture()
        var ids: [String] = []
        for name in ["a", "b", "c", "d"] { ids.append(try await fixture.insert("\(name)@x.com").id) }
        let rows: [([Int], [Int])] = [([2, 0], [2, 0, 1, 3]), ([], [0, 1, 2, 3]), ([3, 3, 1], [3, 1, 0, 2])]
        for (wish, expected) in rows {
            try await fixture.store.reorder(ids)
            try await fixture.store.reorder(["unknown"] + wish.map { ids[$0] })
            expect(fixture.store.accounts.map(\.id), expected.map { ids[$0] }, "memory of \(wish)")
            expect(try await fixture.stored().map(\.id), expected.map { ids[$0] }, "database of \(wish)")
        }
        let last = try await fixture.insert("e@x.com")
        expect(try await fixture.stored().last?.id, last.id, "a new one stands behind all")
    }

    @Test func `at most a hundred device versions are kept, and the current one is among them`() async throws {
        let fixture = try await AccountsFixture()
        let account = try await fixture.insert()
        let versions = (0..<110).map { DeviceVersion(profile: .random(), label: .generate, at: $0) }
        try await fixture.database.change { (connection) throws(StorageError) in
            for version in versions { try DeviceTable.bind(version, to: account.id, in: connection) }
        }
        let (kept, baseline) = try await fixture.database.read { (connection) throws(StorageError) in
            (
                try DeviceTable.versions(of: account.id, in: connection), try DeviceTable.baseline(in: connection)
            )
        }
        expect(kept.map(\.id), versions.suffix(DeviceTable.versionsMax).map(\.id), "versions")
        expect(kept.filter(\.isCurrent).map(\.id), [versions[109].id], "current")
        expect(baseline, versions[0].profile, "baseline")
    }
}
