import JSON
import Platform

/// Takes over what the program this gateway stands in for has left, into a state database in which nothing is yet.
nonisolated enum FirstStart {
    /// Before anything of the state is read. All of it is taken over in one transaction, or nothing.
    ///
    /// - Parameter home: where other programs keep their files; nil: only the data folder is looked at.
    static func run(_ database: Database, home: String?) async throws(StorageError) {
        let isFresh = try await database.read { (connection) throws(StorageError) in
            try connection.integer("SELECT (SELECT count(*) FROM config) + (SELECT count(*) FROM accounts)") == 0
        }
        let places = [database.folderPath] + (home.map { [$0 + "/" + OriginalFolder.place] } ?? [])
        guard isFresh, let folder = OriginalFolder.find(places) else { return }
        let content = folder.read(now: WallClock.unixSeconds)
        let (config, dropped) = content.config.map(Self.fitting) ?? (nil, [])
        try await database.write { (connection) throws(StorageError) in
            for account in content.accounts { try AccountTable.insert(account, into: connection) }
            try MetaTable.set(.currentAccount, to: content.currentID, in: connection)
            try MetaTable.set(.originalFolder, to: folder.path, in: connection)
            if let config { try ConfigTable.save(ConfigTable.Row(revision: 0, document: config), to: connection) }
        }
        Log.notice(
            "original-taken-over", "accounts and configuration of another program were taken over",
            ["path": folder.path, "accounts": content.accounts.count, "config": config != nil])
        for item in content.skipped {
            Log.warning(
                "original-left-out", "a part of it could not be taken over", ["name": item.name, "reason": item.reason])
        }
        for path in dropped {
            Log.warning("original-member-dropped", "a member does not fit; its default stands", ["member": path])
        }
    }

    /// The document with the members that fit; what does not fit is left out, by its path.
    static func fitting(_ document: JSONObject) -> (document: JSONObject?, dropped: [String]) {
        var value = JSONValue.object(document)
        var dropped: [String] = []
        // Each turn drops one member, and the table has far fewer.
        while dropped.count < 1000 {
            do throws(ConfigFault) {
                return (try ConfigDocument(stored: value.object ?? [:]).root, dropped)
            } catch {
                guard case .bad(var path, _) = error else { return (nil, dropped) }
                // A member that is missed where its neighbour stands: then the group goes.
                while dropped.contains(path), let dot = path.lastIndex(of: ".") { path = String(path[..<dot]) }
                guard !dropped.contains(path) else { return (nil, dropped) }
                value[path: path] = nil
                dropped.append(path)
            }
        }
        return (nil, dropped)
    }
}
