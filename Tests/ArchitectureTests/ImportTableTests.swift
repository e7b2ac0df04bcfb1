import Foundation
import Testing

/// Every `import` line of `Sources` against the table of rooms and doors. The compiler accepts an undeclared Swift module
/// that happens to be linked, so this test is what keeps the doors shut.
@Suite struct ImportTableTests {
    /// Room -> modules of ours it may import. The same table stands in docs/architecture.md.
    static let doors: [String: Set<String>] = [
        "CPlatform": [], "CDigest": [], "CJSON": [], "CCurl": [], "CSQLite": [], "CSystemd": [], "JSON": ["CJSON"],
        "HTTP": [],
        "Digest": ["CDigest"],
        "Scheduling": [],
        "Platform": ["CPlatform"], "APIErrors": ["JSON", "HTTP"], "GoogleAPI": ["JSON", "HTTP"],
        "Translation": ["GoogleAPI", "APIErrors", "HTTP", "JSON", "Digest"],
        "Transport": ["Platform", "HTTP", "CCurl"], "IPC": ["Platform"],
        "Worker": ["Translation", "GoogleAPI", "APIErrors", "Transport", "IPC", "Platform", "HTTP", "JSON", "Digest"],
        "Supervisor": [
            "Scheduling", "GoogleAPI", "APIErrors", "Transport", "IPC", "Platform", "HTTP", "JSON", "Digest", "CSQLite",
            "CSystemd",
        ],
        "Sandbox": ["GoogleAPI", "Transport", "Platform", "HTTP", "JSON"],
    ]
    /// Modules of the toolchain that any room with descriptors may use; the pure rooms get none of them.
    static let toolchain: Set<String> = ["Glibc", "Synchronization", "_Concurrency"]
    static let pure: Set<String> = ["JSON", "HTTP", "Digest", "Scheduling", "APIErrors", "GoogleAPI", "Translation"]

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test(arguments: doors.keys.sorted())
    func `a room imports only what its row allows`(room: String) throws {
        let folder = Self.root.appending(path: "Sources/\(room)")
        let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        var allowed = Self.doors[room] ?? []
        if !Self.pure.contains(room) { allowed.formUnion(Self.toolchain) }
        var seen = 0
        for case let file as URL in files where file.pathExtension == "swift" {
            seen += 1
            for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
                guard let module = Self.importedModule(line) else { continue }
                if !allowed.contains(module) {
                    Issue.record("\(file.lastPathComponent) of \(room) imports \(module)")
                }
            }
        }
        if !room.hasPrefix("C") { #expect(seen > 0, "no sources found for \(room)") }
    }

    @Test func `every folder of Sources is a room of the table`() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.root.appending(path: "Sources").path)
        #expect(Set(folders) == Set(Self.doors.keys))
    }

    /// The module of an import line, whatever attributes and access level stand before it.
    static func importedModule(_ line: Substring) -> String? {
        let words = line.split(separator: " ")
        guard let at = words.firstIndex(of: "import"), words[..<at].allSatisfy(Self.isImportPrefix) else { return nil }
        let kinds: Set<Substring> = ["struct", "class", "enum", "func", "protocol", "let", "var", "typealias"]
        let rest = words[(at + 1)...].drop { kinds.contains($0) }
        return rest.first.map { String($0.split(separator: ".")[0]) }
    }

    private static func isImportPrefix(_ word: Substring) -> Bool {
        word.hasPrefix("@") || ["public", "package", "internal", "fileprivate", "private"].contains(word)
    }
}
