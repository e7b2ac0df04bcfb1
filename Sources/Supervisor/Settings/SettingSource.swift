import Glibc
import JSON

/// The environment as a source of settings: spellings in their order, blank as unset, and for secrets also files.
nonisolated struct SettingSource: Sendable {
    let environment: [String: String]

    /// Largest secret file that is read.
    static let secretSizeMaxBytes = 8192

    /// The value of a row with the name it was found under; nil if it is set nowhere.
    func value(of setting: Setting) throws(SettingsError) -> (name: String, value: JSONValue)? {
        guard let (name, text) = try text(of: setting) else { return nil }
        guard let value = setting.form.value(of: text) else {
            throw .badValue(name: name, takes: setting.form.takes)
        }
        guard setting.role == .overridesNegated, case .bool(let isSet) = value else { return (name, value) }
        return (name, .bool(!isSet))
    }

    /// The text of a row: variables in the order of their spellings, then, for a secret, the file that
    /// `ANTIGRAVITY_<NAME>_FILE` names and the systemd credential `antigravity_<name>`.
    private func text(of setting: Setting) throws(SettingsError) -> (String, String)? {
        for spelling in setting.spellings {
            if let text = environment[spelling]?.trimmed, !text.isEmpty { return (spelling, text) }
        }
        guard setting.isSecret, let variable = setting.variable else { return nil }
        let fileVariable = "ANTIGRAVITY_\(variable)_FILE"
        if let path = environment[fileVariable]?.trimmed, !path.isEmpty {
            return try nonBlank(fileVariable, try read(path, for: fileVariable))
        }
        guard let folder = environment["CREDENTIALS_DIRECTORY"], !folder.isEmpty else { return nil }
        let credential = "antigravity_" + variable.lowercased()
        let path = folder + "/" + credential
        guard access(path, F_OK) == 0 else { return nil }
        return try nonBlank("credential \(credential)", try read(path, for: "credential \(credential)"))
    }

    private func nonBlank(_ name: String, _ text: String) throws(SettingsError) -> (String, String)? {
        let text = text.trimmed
        return text.isEmpty ? nil : (name, text)
    }

    private func read(_ path: String, for name: String) throws(SettingsError) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard file >= 0 else { throw .unreadable(name: name, path: path, errno: errno) }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: Self.secretSizeMaxBytes + 1)
        var count = 0
        while count < bytes.count {
            let got = bytes.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress! + count, $0.count - count) }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw .unreadable(name: name, path: path, errno: errno) }
            if got == 0 { break }
            count += got
        }
        guard count <= Self.secretSizeMaxBytes else {
            throw .badValue(name: name, takes: "a file of at most 8192 bytes")
        }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
