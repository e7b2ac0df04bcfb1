import JSON

/// `/api/system`: the little that is kept of it.
final class SystemAPI {
    private let dataDirectory: String

    init(dataDirectory: String) { self.dataDirectory = dataDirectory }

    /// `GET /api/system/data-dir`
    func dataDirectory(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        .json(.string(dataDirectory))
    }

    /// `GET /api/system/updates/check-status`: asked by consoles made for the original; packages bring updates.
    func updateStatus(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer { .json(false) }

    /// `GET /api/system/updates/settings`
    func updateSettings(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        .json(["auto_check": false, "last_check_time": 0, "check_interval_hours": 24])
    }
}
