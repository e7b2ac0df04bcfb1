import Glibc
import JSON
import Platform

/// Reads what other programs have left, on a thread of its own: no disk and no large file holds up the loop.
actor ImportReader {
    private nonisolated let executor = ThreadExecutor(name: "import")
    private let home: String?
    private let editor: EditorState

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// - Parameters:
    ///   - home: where other programs keep their files; nil: nowhere.
    ///   - scratch: a folder for copies, without links in its path; made when it is needed.
    init(home: String?, scratch: String) {
        self.home = home
        editor = EditorState(scratch: scratch)
    }

    /// A file or folder that the operator names.
    func read(_ path: String) throws(ImportError) -> ImportSource {
        switch try ForeignFile.kind(path) {
        case .folder: return try OldFolder.read(path)
        case .file:
            let head = try ForeignFile.head(path, count: EditorState.magic.count)
            if head == EditorState.magic { return try editor.read(path) }
            return try readJSON(path)
        }
    }

    /// The editor's login, else the accounts of the first version.
    func readHome() throws(ImportError) -> ImportSource {
        guard let home else { throw .missing([]) }
        let places = [EditorState.place, OldFolder.place].map { home + "/" + $0 }
        if ForeignFile.exists(places[0]) { return try editor.read(places[0]) }
        guard ForeignFile.exists(places[1]) else { throw .missing(places) }
        return try OldFolder.read(places[1])
    }

    /// The editor's login alone.
    func readEditor() throws(ImportError) -> ImportSource {
        guard let home else { throw .missing([]) }
        return try editor.read(home + "/" + EditorState.place)
    }

    /// The accounts of the first version, in the home folder or where the operator says.
    func readOld(_ path: String?) throws(ImportError) -> ImportSource {
        if let path {
            return try ForeignFile.kind(path) == .folder ? try OldFolder.read(path) : try readJSON(path)
        }
        guard let home else { throw .missing([]) }
        return try OldFolder.read(home + "/" + OldFolder.place)
    }

    /// What somebody sends: a state database or JSON.
    func read(_ bytes: [UInt8], name: String) throws(ImportError) -> ImportSource {
        if bytes.starts(with: EditorState.magic) { return try editor.read(bytes, name: name) }
        guard bytes.count <= ForeignFile.textSizeMaxBytes else {
            throw .unreadable(name, why: "it is no SQLite database, and too large for JSON")
        }
        return try ForeignJSON.accounts(try ForeignJSON.parse(bytes, name: name), name: name, folder: nil)
    }

    private func readJSON(_ path: String) throws(ImportError) -> ImportSource {
        let value = try ForeignJSON.parse(try ForeignFile.read(path), name: path)
        let folder = path.lastIndex(of: "/").flatMap { ForeignFile.realFolder(String(path[...$0])) }
        return try ForeignJSON.accounts(value, name: path, folder: folder)
    }
}
