import JSON
import Testing

@testable import Supervisor

/// Device profiles as they are made, read and written.
@Suite struct DeviceProfileTests {
    static let snake: JSONObject = [
        "machine_id": "a", "mac_machine_id": "b", "dev_device_id": "c", "sqm_id": "d",
    ]
    static let camel: JSONObject = ["machineId": "a", "macMachineId": "b", "devDeviceId": "c", "sqmId": "d"]

    @Test func `both spellings are read and one is written`() throws {
        for object in [Self.snake, Self.camel] {
            let profile = try #require(DeviceProfile(.object(object)))
            expect(profile.json, .object(Self.snake), "written")
        }
    }

    @Test func `each of the four names must be there`() {
        for index in 0..<4 {
            for value: JSONValue? in [nil, .null, "", "  ", 5, .string(String(repeating: "x", count: 257))] {
                var object = Self.camel
                let name = object.members[index].name
                object[name] = value
                do throws(DeviceProfile.MissingMember) {
                    _ = try DeviceProfile(checking: object)
                    Issue.record("\(name) \(value as Any) was taken")
                } catch {
                    expect(error.name, name, "name")
                }
            }
        }
    }

    @Test func `made-up profiles have the form of real ones and differ`() {
        let profiles = (0..<50).map { _ in DeviceProfile.random() }
        for profile in profiles {
            let machine = profile.machineID.split(separator: "_")
            expect(machine[0], "auth0|user", "prefix")
            expect(machine[1].utf8.count, 32, "length")
            expect(machine[1].contains { $0.isUppercase }, false, "case")
            expect(profile.sqmID.hasPrefix("{") && profile.sqmID.hasSuffix("}"), true, "braces")
            expect(profile.sqmID, profile.sqmID.uppercased(), "upper case")
            expect(profile.devDeviceID, profile.devDeviceID.lowercased(), "lower case")
        }
        expect(Set(profiles.map(\.machineID)).count, 50, "different")
    }

    @Test(arguments: [true, false])
    @MainActor func `a version that is deleted and restored at once is bound and listed`(isRestoredFirst: Bool)
        async throws
    {
        let fixture = try await AccountsFixture()
        let account = try await fixture.insert()
        let book = DeviceBook(store: fixture.store, database: fixture.database, editor: EditorStorage(home: nil))
        let first = try await book.generate(for: account.id)
        _ = try await book.generate(for: account.id)
        let history = try await book.view(of: account.id).history
        let version = try #require(history.first).id
        let tasks = [isRestoredFirst, !isRestoredFirst].map { isRestoring in
            Task {
                if isRestoring {
                    _ = try await book.restore(version, of: account.id)
                } else {
                    try await book.delete(version, of: account.id)
                }
            }
        }
        let results = [await tasks[0].result, await tasks[1].result].map { (try? $0.get()) != nil }
        expect(results, [true, !isRestoredFirst], "what is bound is not deleted")
        let view = try await book.view(of: account.id)
        expect(view.bound, first, "bound")
        expect(view.history.filter(\.isCurrent).map(\.id), [version], "listed")
        try await book.delete(history[1].id, of: account.id)
        expect(try await book.view(of: account.id).history.map(\.id), [version], "another one is deleted")
    }

    @Test func `an editor's names stand in an object or flat, each by itself`() throws {
        let mixed: JSONObject = [
            "telemetry": ["machineId": "a", "devDeviceId": "c"], "telemetry.macMachineId": "b", "telemetry.sqmId": "d",
            "telemetry.machineId": "flat",
        ]
        expect(EditorStorage.profile(in: mixed)?.json, .object(Self.snake), "mixed")
        expect(EditorStorage.profile(in: ["telemetry": ["machineId": "a"]]), nil, "incomplete")
    }
}
