import Foundation
import HTTP
import JSON
import Testing

@testable import Supervisor

/// The description of the admin API against the route table that serves, and against the page people read.
@Suite @MainActor struct DescriptionTests {
    static let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "docs/admin-api.md")

    /// The routes of a whole supervisor on an empty folder.
    private func routes() async throws -> [Route<AdminHandler>] {
        let folder = try TemporaryFolder()
        let plane = try await ControlPlane.open(
            Settings.load(environment: ["ANTIGRAVITY_DATA_DIR": folder.file("data")]))
        let routes = plane.admin.routes
        await plane.stop()
        return routes
    }

    @Test func `every route is described with the way in that it has, and nothing else is`() async throws {
        let served = try await routes().map { route in
            let handler = route.handler
            return "\(route.method.name) \(route.pattern) \(handler.access) bytes: \(handler.takesBytes) "
                + "thrown away: \(handler.ignoresBody)"
        }
        let described = Operations.all.map { operation in
            var takesBytes = false
            if case .upload = operation.body { takesBytes = true }
            return "\(operation.method.name) \(operation.pattern) \(operation.access) bytes: \(takesBytes) "
                + "thrown away: \(!operation.isParsed && !takesBytes)"
        }
        #expect(Set(served).subtracting(described).sorted() == [], "not described")
        #expect(Set(described).subtracting(served).sorted() == [], "not served")
        #expect(described.count == Set(described).count, "described twice")
        #expect(served.count == Set(served).count, "served twice")
    }

    @Test func `a path of the description is the pattern with its ids in braces`() {
        #expect(
            OpenAPIDocument.path("/api/accounts/:id/device-versions/:versionId")
                == "/api/accounts/{id}/device-versions/{versionId}")
        #expect(OpenAPIDocument.path("/") == "/")
    }

    @Test func `an operation tells the refusals of its way in beside its own`() throws {
        let cases: [(path: String, method: String, statuses: [String])] = [
            ("/api/accounts/{id}", "get", ["200", "400", "401", "404", "408", "413", "415"]),
            ("/api/accounts/{id}", "delete", ["204", "400", "401", "404", "408", "413", "415", "500", "503", "507"]),
            ("/api/accounts/import/upload", "post", ["200", "400", "401", "404", "408", "413", "422"]),
            ("/api/health", "get", ["200", "400", "408", "413", "503"]),
            ("/auth/callback", "get", ["200", "400", "408", "413"]),
            ("/metrics", "get", ["200", "400", "401", "408", "413"]),
        ]
        let paths = try #require(OpenAPIDocument.json(of: Operations.sections)["paths"])
        for row in cases {
            let responses = try #require(paths[row.path]?[row.method]?["responses"]?.object)
            let statuses = responses.members.map(\.name)
            #expect(Set(row.statuses).isSubset(of: statuses), "\(row.method) \(row.path): \(statuses)")
            #expect(statuses.count == Set(statuses).count)
        }
    }

    @Test func `every member of the settings table has its place in the shape of the configuration`() throws {
        for setting in SettingsTable.members {
            let path = try #require(setting.member)
            var shape = JSONValue.object(ConfigShape.taken.json)
            for step in path.split(separator: ".") {
                shape = try #require(shape["properties"]?[String(step)], "\(path)")
            }
            #expect(shape["description"] == .string(setting.help))
        }
        let required = try #require(ConfigShape.taken.json["required"]?.array)
        #expect(required.contains("language") && required.contains("proxy") && !required.contains("gateway"))
    }

    @Test func `every route stands on the page with an example`() throws {
        let lines = try String(contentsOf: Self.page, encoding: .utf8).split(separator: "\n")
        let examples = lines.filter { $0.hasPrefix("    ") }.map { $0.split(separator: " ") }
        for operation in Operations.all {
            let route = "\(operation.method.name) \(operation.pattern)"
            #expect(lines.contains { $0.contains("`\(route)`") }, "\(route) is not named")
            #expect(
                examples.contains { words in
                    words.count >= 2 && words[0] == operation.method.name && Self.fits(words[1], operation.pattern)
                }, "\(route) has no example")
        }
    }

    /// Whether a path of an example, perhaps with a query, is one of this pattern.
    private static func fits(_ path: Substring, _ pattern: String) -> Bool {
        let steps = path.prefix { $0 != "?" }.split(separator: "/", omittingEmptySubsequences: false)
        let wanted = pattern.split(separator: "/", omittingEmptySubsequences: false)
        return steps.count == wanted.count
            && zip(steps, wanted).allSatisfy { $1.hasPrefix(":") ? !$0.isEmpty : $0 == $1 }
    }
}
