import Glibc
import JSON
import Platform

/// The memory of the operator's command, which has no database: a file in the state folder of whoever runs it.
struct CreatedFilesNote: CreatedFilesMemory {
    let path: String

    static let name = "cli-files.json"

    /// - Returns: nil without a home folder.
    init?(environment: [String: String]) {
        let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 + "/.local/state" : nil }
        let named = environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        guard let state = named ?? home else { return nil }
        path = "\(state)/antigravity-gateway/\(Self.name)"
    }

    func load() async throws(CLISyncError) -> CreatedFiles {
        guard ForeignFile.exists(path) else { return CreatedFiles() }
        let bytes: [UInt8]
        do throws(ImportError) {
            bytes = try ForeignFile.read(path)
        } catch {
            throw .unusable(path: path, why: ForeignJSON.reason(error))
        }
        guard case .object(let members)? = try? JSONValue(parsing: bytes) else {
            throw .unusable(path: path, why: "it is no JSON object")
        }
        var files = CreatedFiles()
        for member in members.members { files.digests[member.name] = member.value.string ?? "" }
        return files
    }

    func save(_ files: CreatedFiles) async throws(CLISyncError) {
        let folder = String(path.dropLast(Self.name.count + 1))
        for end in folder.indices where folder[end] == "/" && end != folder.startIndex {
            mkdir(String(folder[..<end]), 0o700)
        }
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw .writing(folder, errno) }
        let members = files.digests.sorted { $0.key < $1.key }.map { (name: $0.key, value: JSONValue.string($0.value)) }
        try FileReplacement(of: path, bytes: JSONValue.object(JSONObject(members)).serialized + [10], like: nil)
            .commit()
    }
}
