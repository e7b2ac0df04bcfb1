import JSON

/// JSON of other programs: bounded, and the accounts in it in whatever shape they come.
nonisolated enum ForeignJSON {
    private static let limits = JSONLimits(depthMax: 64, nodeCountMax: 500_000)

    static func parse(_ bytes: [UInt8], name: String) throws(ImportError) -> JSONValue {
        do throws(JSONError) {
            return try JSONValue(parsing: bytes, limits: limits)
        } catch {
            throw .unreadable(name, why: "it is no JSON")
        }
    }

    /// An array of objects with a refresh token, the same below `accounts`, one record of an account, or an index whose files
    /// are read.
    ///
    /// - Parameter folder: where the files of an index are; nil: only those it names by absolute paths count.
    static func accounts(_ value: JSONValue, name: String, folder: String?) throws(ImportError) -> ImportSource {
        var source = ImportSource()
        if let list = value.array ?? value["accounts"]?.array {
            for (index, item) in list.enumerated() { add(item, "entry \(index + 1)", into: &source) }
        } else if token(of: value) != nil {
            add(value, name, into: &source)
        } else if let entries = OldFolder.entries(of: value), isIndex(entries) {
            OldFolder(path: folder).read(entries, into: &source)
        } else {
            throw .unreadable(name, why: "it holds no accounts")
        }
        return source
    }

    /// Why one account of several was left out.
    static func reason(_ error: ImportError) -> String {
        switch error {
        case .missing: "its file is not there"
        case .unreadable(_, let why): "its file cannot be used: \(why)"
        case .noLogin: "its file holds no login"
        }
    }

    private static func add(_ item: JSONValue, _ name: String, into source: inout ImportSource) {
        let email = item["email"]?.string
        guard let token = token(of: item) else { return source.skip(email ?? name, "it has no refresh token") }
        source.add(
            ImportSource.Login(
                name: ImportSource.shown(email ?? name), refreshToken: token,
                project: item["token"]?["project_id"]?.string))
    }

    private static func token(of item: JSONValue) -> String? {
        let token =
            item["refresh_token"]?.string ?? item["refreshToken"]?.string ?? item["token"]?["refresh_token"]?.string
        return token.map(\.trimmed).flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func isIndex(_ entries: JSONObject) -> Bool {
        entries.members.contains { $0.value["backup_file"]?.string != nil || $0.value["data_file"]?.string != nil }
    }
}
