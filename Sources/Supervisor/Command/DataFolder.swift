import Glibc
import Platform

/// The data folder on which the command works while no gateway runs.
nonisolated struct DataFolder {
    let path: String

    /// The data folder of the installed unit.
    static let installed = "/var/lib/antigravity-gateway"

    /// What the operator says, else what the settings say, else the installed one if it is there and the other is not.
    init?(_ options: OperatorOptions, environment: [String: String]) {
        // With settings that cannot be read there is only the installed one.
        let ofSettings = try? Settings.load(environment: environment).dataDirectory
        let isSaid = ["ANTIGRAVITY_DATA_DIR", "ABV_DATA_DIR"].contains { environment[$0]?.isEmpty == false }
        if let said = options.dataFolder ?? (isSaid ? ofSettings : nil) {
            path = said
        } else if let ofSettings, access(ofSettings, F_OK) == 0 || access(Self.installed, F_OK) != 0 {
            path = ofSettings
        } else if access(Self.installed, F_OK) == 0 {
            path = Self.installed
        } else {
            return nil
        }
    }

    /// Runs `body` as the owner of the folder, if root asks: what SQLite makes beside a database must be the owner's, or the
    /// gateway refuses it.
    func asOwner<T>(_ body: (StateArchive) throws(StorageError) -> T) throws(StorageError) -> T {
        var status = stat()
        let isOthers = geteuid() == 0 && stat(path, &status) == 0 && status.st_uid != 0
        if isOthers {
            guard setegid(status.st_gid) == 0, seteuid(status.st_uid) == 0 else {
                throw .folder(path: path, what: "no way to become its owner")
            }
        }
        defer {
            if isOthers {
                // Root got here, so root may go back.
                _ = seteuid(0)
                _ = setegid(0)
            }
        }
        return try body(try StateArchive(dataDirectory: path))
    }
}

nonisolated extension StorageError {
    /// How the command ends with it.
    var exitCode: Int32 {
        switch self {
        case .locked, .busy: ExitCode.busy
        case .folder(let path, _) where access(path, R_OK) != 0 && errno == EACCES: ExitCode.notPermitted
        default: ExitCode.failed
        }
    }
}
