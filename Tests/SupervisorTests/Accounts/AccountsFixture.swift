import GoogleAPI
import JSON
import Platform
import Scheduling
import Testing
import Transport

@testable import Supervisor

/// The account side of a supervisor on a folder of its own, speaking to a stand-in for Google.
@MainActor final class AccountsFixture {
    let folder: TemporaryFolder
    let google: FakeGoogle
    let database: Database
    let store: AccountStore
    let calls: GoogleCalls
    let tokens: TokenKeeper
    let projects: ProjectFinder
    let quota: QuotaReader
    let adder: AccountAdder

    init(confirmingDelay: Duration = .seconds(60), hasClient: Bool = true) async throws {
        folder = try TemporaryFolder()
        google = try FakeGoogle()
        database = try Database(dataDirectory: folder.path)
        store = try await AccountStore.load(database)
        calls = GoogleCalls(
            options: GoogleCalls.Options(
                addresses: GoogleAddresses(override: google.url), userAgent: "test", client: ClientOptions()))
        let client = hasClient ? OAuthClient(id: "client", secret: "client-secret") : nil
        tokens = TokenKeeper(store: store, calls: calls, client: client, confirmingDelay: confirmingDelay)
        projects = ProjectFinder(calls: calls, pause: .milliseconds(5))
        quota = QuotaReader(store: store, calls: calls, tokens: tokens, projects: projects)
        adder = AccountAdder(store: store, calls: calls, projects: projects, quota: quota, client: client)
    }

    /// Stores an account whose token ends in `expiresIn` seconds, without asking Google.
    @discardableResult func insert(
        _ email: String = "a@example.com", refreshToken: String = "1//refresh", expiresIn: Int = 3_600
    ) async throws -> Account {
        var added = AddedAccount(kind: .codeAssist, email: email)
        added.projectID = "project-0"
        added.token = AccountToken(
            accessToken: "ya29.old-\(email)", refreshToken: refreshToken, tokenType: "Bearer",
            expiresInSeconds: expiresIn, expiresAt: WallClock.unixSeconds + expiresIn)
        return try await store.upsert(added, now: WallClock.unixSeconds)
    }

    /// What another process would find in the database.
    func stored() async throws -> [Account] {
        try await database.read { (connection) throws(StorageError) in try AccountTable.all(in: connection) }
    }

    func add(_ refreshToken: String = "1//new") async throws -> Account {
        switch await adder.add(refreshToken: refreshToken) {
        case .success(let account): return account
        case .failure(let failure): throw failure
        }
    }
}
