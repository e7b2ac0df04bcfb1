import Digest

/// The files that were made here because there were none, so that restoring removes them again.
nonisolated struct CreatedFiles: Sendable, Equatable {
    /// By path: the SHA-256 of what was written, in hexadecimal; empty once another program has changed the file since.
    var digests: [String: String] = [:]

    /// Takes down that a file is about to be written.
    ///
    /// - Returns: whether the file is, or is to be, one that was made here: such a file has no older form to keep.
    mutating func note(_ path: String, old: [UInt8]?, new: [UInt8]) -> Bool {
        guard let old else {
            digests[path] = Self.digest(new)
            return true
        }
        guard let known = digests[path] else { return false }
        digests[path] = known == Self.digest(old) ? Self.digest(new) : ""
        return true
    }

    static func digest(_ bytes: [UInt8]) -> String { Hex.encode(SHA256.hash(bytes)) }
}

/// Where `CreatedFiles` outlive the process.
protocol CreatedFilesMemory {
    func load() async throws(CLISyncError) -> CreatedFiles
    func save(_ files: CreatedFiles) async throws(CLISyncError)
}
