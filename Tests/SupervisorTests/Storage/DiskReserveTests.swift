import Glibc
import Testing

@testable import Supervisor

/// Room that is held ready. The whole behaviour on a full disk is held by the outside tests, on a small file system.
@Suite struct DiskReserveTests {
    let folder: TemporaryFolder
    let reserve: DiskReserve

    init() throws {
        folder = try TemporaryFolder()
        reserve = DiskReserve(path: folder.file("reserve"))
    }

    private var blockBytes: Int {
        var status = stat()
        return lstat(reserve.path, &status) == 0 ? Int(status.st_blocks) * 512 : -1
    }

    @Test func `the room is really taken, once, and can be given up once`() throws {
        for _ in 1...2 { expect(reserve.take(), true, "taken") }
        expect(blockBytes >= DiskReserve.byteCount, true, "on the disk")
        expect(try folder.mode("reserve") & 0o077, 0, "closed to others")
        expect([reserve.giveUp(), reserve.giveUp()], [true, false], "given up")
        expect(try folder.names(), [], "files")
    }

    @Test func `one that was cut short is made whole`() throws {
        try folder.write("short", to: "reserve")
        expect(reserve.take(), true, "taken")
        expect(blockBytes >= DiskReserve.byteCount, true, "on the disk")
    }

    static let codes: [(code: CInt, system: CInt, isFull: Bool)] = [
        (13, 0, true), (778, ENOSPC, true), (778, EDQUOT, true), (4874, ENOSPC, true), (14, ENOSPC, true),
        (778, EIO, false), (14, ENOENT, false), (11, ENOSPC, false),
    ]

    @Test(arguments: codes.indices)
    func `whatever call lacks room, the error says that there is none`(row: Int) {
        let (code, system, isFull) = Self.codes[row]
        expect(StorageError(code: code, text: "", system: system) == .full, isFull, "\(code) \(system)")
    }

    @Test func `a backup that fails leaves nothing that takes up room`() throws {
        let source = try SQLiteConnection(path: folder.file("state.db"), mode: .create)
        try source.script("CREATE TABLE t (a)")
        mkdir(folder.file("backups"), 0o700)
        // A folder in the place of the copy's name: the copy is made and cannot be published.
        mkdir(folder.file("backups/state-000000000005.db"), 0o700)
        do throws(StorageError) {
            try StateBackups(folder: folder.file("backups")).make(of: source, now: 5)
            Issue.record("a folder was replaced")
        } catch {}
        expect(try folder.names(in: "backups"), ["state-000000000005.db"], "files")
    }
}
