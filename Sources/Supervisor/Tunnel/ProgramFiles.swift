import Digest
import Glibc
import Platform

/// Work on cloudflared's file that would keep the loop waiting: it has tens of megabytes.
actor ProgramFiles {
    static let shared = ProgramFiles()

    private nonisolated let executor = ThreadExecutor(name: "program-files")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    private var digests: [String: (identity: [Int], digest: String)] = [:]

    private static let pieceSizeBytes = 1 << 20

    /// Writes the file's SHA-256 into the log: which cloudflared it was can be looked up later.
    nonisolated func logDigest(of program: CloudflaredProgram) {
        Task {
            guard let digest = await digest(path: program.path) else { return }
            Log.notice(
                "tunnel-program", "cloudflared is started",
                ["path": program.path, "version": program.version.text, "sha256": digest])
        }
    }

    /// SHA-256 in hexadecimal; nil if the file cannot be read. One that has not changed is not read again.
    func digest(path: String) -> String? {
        let raw = open(path, O_RDONLY | O_CLOEXEC)
        guard raw >= 0 else { return nil }
        let file = FileDescriptor(owning: raw)
        var facts = stat()
        guard fstat(file.raw, &facts) == 0 else { return nil }
        let identity = [
            Int(facts.st_ino), Int(facts.st_size), facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec,
        ]
        if let known = digests[path], known.identity == identity { return known.digest }
        var hash = SHA256()
        var piece = [UInt8](repeating: 0, count: Self.pieceSizeBytes)
        while true {
            let count = read(file.raw, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { break }
            hash.update(Array(piece[..<count]))
        }
        let digest = Hex.encode(hash.finalize())
        // Few paths are ever used: the operator's, ours, those along PATH.
        if digests.count > 16 { digests = [:] }
        digests[path] = (identity, digest)
        return digest
    }
}
