import Foundation
import Testing

@testable import Supervisor

/// Finding a client and asking for its version, with programs of the test's own.
@Suite struct ProgramSearchTests {
    private static func script(_ text: String, at path: String, mode: mode_t = 0o755) throws {
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        chmod(path, mode)
    }

    private static func version(_ path: String) async -> String? {
        await ProgramVersion.ask(path, environment: ["PATH=/usr/bin:/bin"])
    }

    @Test func `the search path comes first, then the home, and only what may be executed counts`() throws {
        let folder = try TemporaryFolder()
        let search = ProgramSearch(path: "relative:\(folder.file("path"))", home: folder.path)
        #expect(search.find("agw-client") == nil)
        let node = folder.file(".nvm/versions/node")
        for version in ["v9.1.0", "v20.0.1", "v20.0.0"] { try Self.script("", at: "\(node)/\(version)/bin/agw-client") }
        #expect(search.find("agw-client") == "\(node)/v20.0.1/bin/agw-client")
        try Self.script("", at: folder.file(".local/bin/agw-client"))
        #expect(search.find("agw-client") == folder.file(".local/bin/agw-client"))
        try Self.script("", at: folder.file("path/agw-client"), mode: 0o644)
        #expect(search.find("agw-client") == folder.file(".local/bin/agw-client"))
        try Self.script("", at: folder.file("path/agw-client"))
        #expect(search.find("agw-client") == folder.file("path/agw-client"))
    }

    @Test(arguments: [
        ("#!/bin/sh\necho \"client $1 1.2.3 $AGW_NOTHING\"; echo 9 >&2\n", "1.2.3"),
        ("#!/bin/sh\necho 1; exit 3\n", nil),
        ("#!/bin/sh\nread line || echo 4.5\n", "4.5"), ("#!/nonexistent/interpreter\n", nil), ("no program", nil),
        ("", nil),
        ("#!/bin/sh\nkill -9 $$\n", nil),
    ])
    func `a program's own words are its version, and failing is none`(text: String, version: String?) async throws {
        let folder = try TemporaryFolder()
        try Self.script(text, at: folder.file("client"))
        #expect(await Self.version(folder.file("client")) == version)
    }

    @Test func `a program that does not end is ended with its children`() async throws {
        let folder = try TemporaryFolder()
        try Self.script(
            "#!/bin/sh\nsleep 1000 & echo $! > \(folder.file("child"))\necho 1.0\nwait\n", at: folder.file("client"))
        #expect(await Self.version(folder.file("client")) == nil)
        let child = try #require(pid_t(try String(contentsOfFile: folder.file("child"), encoding: .utf8).dropLast()))
        // A signal takes effect in its own time, and whoever reaps the orphan here may take longer still.
        for _ in 0..<200 where Self.isAlive(child) { try await Task.sleep(for: .milliseconds(10)) }
        #expect(!Self.isAlive(child))
    }

    private static func isAlive(_ pid: pid_t) -> Bool {
        let state = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
        return state.map { !$0.contains(") Z ") } ?? false
    }
}
