/// The operator's copy of the state.
final class BackupAPI {
    private let database: Database

    init(database: Database) { self.database = database }

    /// `POST /api/system/backup`: the state as a database file, with all its secrets.
    func make(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        do throws(StorageError) {
            let image = try await database.image()
            return AdminAnswer(contentType: "application/vnd.sqlite3", body: image)
        } catch {
            throw .storage(error)
        }
    }
}
