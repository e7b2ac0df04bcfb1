import JSON

/// The folder of the first version of the program this gateway stands in for: an index of accounts, and a file for each. The
/// index names the files by paths that may be stale, so each is looked for in the places where it may have gone.
nonisolated struct OldFolder {
    /// Without links in it; nil: there is only an index, and only files it names by absolute paths count.
    let path: String?

    /// Below the home folder.
    static let place = ".antigravity-agent"
    private static let indexNames = ["antigravity_accounts.json", "accounts.json"]
    private static let folders = ["", "backups/", "accounts/"]

    init(path: String?) { self.path = path }

    /// Everything that the indexes of the folder name.
    static func read(_ path: String) throws(ImportError) -> ImportSource {
        guard let real = ForeignFile.realFolder(path) else { throw .missing([path]) }
        let places = indexNames.map { real + "/" + $0 }.filter(ForeignFile.exists)
        guard !places.isEmpty else { throw .missing(indexNames.map { path + "/" + $0 }) }
        var source = ImportSource()
        for place in places {
            let value = try ForeignJSON.parse(try ForeignFile.read(place, inside: real), name: place)
            if let list = value["accounts"]?.array {
                OldFolder(path: real).readRecords(list, into: &source)
            } else if let entries = entries(of: value) {
                OldFolder(path: real).read(entries, into: &source)
            } else {
                throw .unreadable(place, why: "it is no index of accounts")
            }
        }
        return source
    }

    /// The accounts of an index in one of its two shapes; nil for anything else.
    static func entries(of value: JSONValue) -> JSONObject? { value["accounts"]?.object ?? value.object }

    func read(_ entries: JSONObject, into source: inout ImportSource) {
        for (key, entry) in entries.members.prefix(AccountStore.countMax) where entry.object != nil {
            let email = entry["email"]?.string
            let name = email ?? key
            guard let file = entry["backup_file"]?.string ?? entry["data_file"]?.string else {
                source.skip(name, "the index names no file for it")
                continue
            }
            do throws(ImportError) {
                try add(try ForeignJSON.parse(try read(file), name: file), name, email, into: &source)
            } catch {
                source.skip(name, ForeignJSON.reason(error))
            }
        }
    }

    /// The index of the version that followed: its list names ids, and each record stands in a file of that name.
    private func readRecords(_ list: [JSONValue], into source: inout ImportSource) {
        for entry in list.prefix(AccountStore.countMax) {
            guard let id = entry["id"]?.string, OriginalFolder.isID(id) else {
                source.skip(entry["email"]?.string ?? "an account", "the index gives it no id")
                continue
            }
            let email = entry["email"]?.string
            do throws(ImportError) {
                try add(
                    try ForeignJSON.parse(try read("accounts/\(id).json"), name: id), email ?? id, email, into: &source)
            } catch {
                source.skip(email ?? id, ForeignJSON.reason(error))
            }
        }
    }

    private func add(
        _ value: JSONValue, _ name: String, _ email: String?, into source: inout ImportSource
    ) throws(ImportError) {
        let token = value["token"]
        let state = value[EditorLogin.oldKey]?.string
        guard
            let refreshToken = token?["refresh_token"]?.string ?? state.flatMap(EditorLogin.refreshToken(old:)),
            !refreshToken.isEmpty
        else { throw .noLogin(name) }
        source.add(
            ImportSource.Login(
                name: ImportSource.shown(name), refreshToken: refreshToken,
                email: email ?? state.flatMap(EditorLogin.email(old:)) ?? value["email"]?.string,
                project: token?["project_id"]?.string))
    }

    /// The file that an index names: as it says, else by its last name in the places where it may be. Only an absolute path
    /// leads out of the folder.
    private func read(_ file: String) throws(ImportError) -> [UInt8] {
        guard !file.split(separator: "/").contains(".."), !file.isEmpty, !file.utf8.contains(0) else {
            throw .unreadable(file, why: "its path goes upwards")
        }
        if file.hasPrefix("/"), ForeignFile.exists(file) { return try ForeignFile.read(file) }
        guard let path else { throw .missing([file]) }
        let last = file.split(separator: "/").last.map(String.init) ?? file
        for place in [file] + Self.folders.map({ $0 + last }) {
            let full = path + "/" + place
            if ForeignFile.exists(full) { return try ForeignFile.read(full, inside: path) }
        }
        throw .missing([file])
    }
}
