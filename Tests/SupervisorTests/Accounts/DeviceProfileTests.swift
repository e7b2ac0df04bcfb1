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

    @Test func `an editor's names stand in an object or flat, each by itself`() throws {
        let mixed: JSONObject = [
            "telemetry": ["machineId": "a", "devDeviceId": "c"], "telemetry.macMachineId": "b", "telemetry.sqmId": "d",
            "telemetry.machineId": "flat",
        ]
        expect(EditorStorage.profile(in: mixed)?.json, .object(Self.snake), "mixed")
        expect(EditorStorage.profile(in: ["telemetry": ["machineId": "a"]]), nil, "incomplete")
    }
}
