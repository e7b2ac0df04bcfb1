import Glibc

/// Where the executable of a client may be. Asks the file system alone.
nonisolated struct ProgramSearch: Sendable {
    /// The variable `PATH`, if there is one.
    let path: String?
    let home: String?

    /// Below the home folder.
    private static let homeFolders = [".local/bin", ".npm-global/bin", "bin", ".bun/bin", ".volta/bin"]
    private static let systemFolders = ["/opt/homebrew/bin", "/usr/local/bin", "/usr/bin"]
    /// Below it, one folder for each version of Node that nvm keeps.
    private static let nodeVersions = ".nvm/versions/node"
    static let nodeVersionsMax = 100

    /// The first that may be executed; nil if there is none.
    func find(_ name: String) -> String? {
        folders.map { "\($0)/\(name)" }.first(where: Self.isExecutable)
    }

    private var folders: [String] {
        let named = path?.split(separator: ":").map(String.init).filter { $0.hasPrefix("/") } ?? []
        let own = home.map { home in Self.homeFolders.map { "\(home)/\($0)" } } ?? []
        return named + own + Self.systemFolders + nodeFolders
    }

    /// Newest first.
    private var nodeFolders: [String] {
        guard let home else { return [] }
        let folder = "\(home)/\(Self.nodeVersions)"
        return ForeignFile.names(in: folder, countMax: Self.nodeVersionsMax + 2).filter { !$0.hasPrefix(".") }
            .sorted { Self.numbers($1).lexicographicallyPrecedes(Self.numbers($0)) }.map { "\(folder)/\($0)/bin" }
    }

    /// `v20.11.1` -> 20, 11, 1.
    private static func numbers(_ version: String) -> [Int] {
        version.split { !("0"..."9").contains($0) }.map { Int($0) ?? .max }
    }

    private static func isExecutable(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
    }
}
