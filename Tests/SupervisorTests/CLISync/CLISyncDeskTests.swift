import Foundation
import Testing

@testable import Supervisor

/// What the desk adds to the files: a memory, and another try when a client writes at the same moment.
@MainActor @Suite struct CLISyncDeskTests {
    /// Remembers in place of a database, and does something each time before it has.
    private final class Memory: CreatedFilesMemory {
        var files = CreatedFiles()
        var onSave: () throws(CLISyncError) -> Void = {}
        private(set) var saves = 0

        func load() async throws(CLISyncError) -> CreatedFiles { files }

        func save(_ files: CreatedFiles) async throws(CLISyncError) {
            saves += 1
            try onSave()
            self.files = files
        }
    }

    private static func desk(_ home: HomeSample, _ memory: any CreatedFilesMemory) -> CLISyncDesk {
        CLISyncDesk(home: home.folder.path, dataFolder: nil, searchPath: nil, memory: memory)
    }

    /// The desk stores what it will make between looking and writing: there somebody else writes.
    @Test(arguments: [0, 1, 2, 3])
    func `a client that writes meanwhile is waited for three times`(disturbances: Int) async throws {
        let home = try HomeSample()
        try home.put("model = 'x'\n", .codexConfig)
        let memory = Memory()
        var left = disturbances
        memory.onSave = {
            guard left > 0 else { return }
            left -= 1
            try? home.put("model = 'x\(left)'\n", .codexConfig)
            // Only what is looked at anew is looked at again.
            memory.files = CreatedFiles()
        }
        let desk = Self.desk(home, memory)
        guard disturbances < CLISyncDesk.attemptCountMax else {
            // Every attempt saves twice: what it is about to make, and that it did not.
            left = 2 * CLISyncDesk.attemptCountMax
            await #expect(throws: CLISyncError.changing(path: home.sync.home.path(of: .codexConfig))) {
                try await desk.sync(.codex, try home.target(.codex))
            }
            #expect(try home.folder.names(in: ".codex") == ["config.toml"] && memory.files == CreatedFiles())
            return
        }
        let outcome = try await desk.sync(.codex, try home.target(.codex))
        #expect(outcome.written.count == 2)
        #expect(home.text(".codex/config.toml")?.hasPrefix("model = 'x") == true)
        #expect(memory.files.digests.keys.sorted() == [home.sync.home.path(of: .codexAuth)])
    }

    @Test func `nothing is made that could not be remembered`() async throws {
        let home = try HomeSample()
        let memory = Memory()
        memory.onSave = { () throws(CLISyncError) in throw .memory(.busy) }
        await #expect(throws: CLISyncError.memory(.busy)) {
            try await Self.desk(home, memory).sync(.gemini, try home.target(.gemini))
        }
        #expect(try home.everything().isEmpty)
    }

    @Test func `a file of the command's own takes a memory over, and a broken one stops it`() async throws {
        let folder = try TemporaryFolder()
        let note = try #require(CreatedFilesNote(environment: ["HOME": folder.path]))
        #expect(try await note.load() == CreatedFiles())
        let files = CreatedFiles(digests: ["/home/x/.codex/auth.json": "ab", "/home/x/\"ä\"": ""])
        try await note.save(files)
        #expect(try await note.load() == files)
        #expect(try folder.mode(".local/state/antigravity-gateway/cli-files.json") == 0o600)
        try folder.write("[", to: ".local/state/antigravity-gateway/cli-files.json")
        await #expect(throws: CLISyncError.self) { try await note.load() }
        let other = CreatedFilesNote(environment: ["HOME": folder.path, "XDG_STATE_HOME": folder.file("s")])
        #expect(other?.path == folder.file("s/antigravity-gateway/cli-files.json"))
        #expect(CreatedFilesNote(environment: [:]) == nil && CreatedFilesNote(environment: ["HOME": "x"]) == nil)
    }
}
