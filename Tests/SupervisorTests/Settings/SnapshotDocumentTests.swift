import JSON
import Scheduling
import Testing

@testable import Supervisor

/// What workers are told of a change.
@Suite @MainActor struct SnapshotDocumentTests {
    @Test func `what is saved stands in the next snapshot and in the scheduler's settings`() async throws {
        let folder = try TemporaryFolder()
        let database = try Database(dataDirectory: folder.file("data"))
        let settings = try Settings.load(environment: ["ANTIGRAVITY_DATA_DIR": folder.file("data")])
        let config = try await ConfigStore.load(database, settings)
        let before = try JSONValue(parsing: config.snapshotBytes())
        _ = try await config.merge([
            "proxy": [
                "request_timeout": 33, "cursor_reasoning_mode": "hide", "custom_mapping": ["a": "b"],
                "scheduling": ["mode": "CacheFirst", "max_wait_seconds": 7],
            ]
        ])
        let after = try JSONValue(parsing: config.snapshotBytes())
        #expect(before["request_timeout"] == 120 && after["request_timeout"] == 33)
        #expect(after["cursor_reasoning_mode"] == "hide" && after["custom_mapping"] == ["a": "b"])
        #expect(try #require(before["revision"]?.int) < #require(after["revision"]?.int))
        #expect(config.current.scheduling.mode == .cacheFirst)
        await database.close()
    }
}
