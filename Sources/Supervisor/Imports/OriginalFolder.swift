import JSON
import Platform
import Scheduling

/// The data folder of the program this gateway stands in for, as its fourth version writes it. Read once, at the first start;
/// nothing in it is changed. What cannot be read is left out and said.
nonisolated struct OriginalFolder {
    let path: String

    /// Below the home folder.
    static let place = ".antigravity_tools"
    private static let indexName = "accounts.json"
    private static let configName = "gui_config.json"
    private static let recordsName = "accounts"
    static let recordSizeMaxBytes = 1 << 20

    /// What it holds; accounts in the operator's order.
    struct Content: Sendable, Equatable {
        var accounts: [Account] = []
        var currentID: String?
        var config: JSONObject?
        /// What was left out, by name, and why.
        var skipped: [ImportSource.Skipped] = []
    }

    /// The first of these folders that holds something of it; nil if none does.
    static func find(_ paths: [String]) -> OriginalFolder? {
        for path in paths.compactMap(ForeignFile.realFolder)
        where [configName, indexName].contains(where: { ForeignFile.exists(path + "/" + $0) }) {
            return OriginalFolder(path: path)
        }
        return nil
    }

    /// - Parameter now: seconds since 1970; stands in where a record has no times.
    func read(now: Int) -> Content {
        var content = Content()
        if ForeignFile.exists(path + "/" + Self.configName) {
            if let config = file(Self.configName, &content)?.object {
                content.config = config
            } else {
                content.skipped.append(.init(name: Self.configName, reason: "it cannot be read"))
            }
        }
        let index = ForeignFile.exists(path + "/" + Self.indexName) ? file(Self.indexName, &content) : nil
        var ids: [String] = []
        for entry in index?["accounts"]?.array ?? [] {
            guard let id = entry["id"]?.string, Self.isID(id), !ids.contains(id) else { continue }
            ids.append(id)
        }
        let listed = Set(ids)
        let files = ForeignFile.names(in: path + "/" + Self.recordsName, countMax: 10 * AccountStore.countMax)
        for name in files where name.hasSuffix(".json") {
            let id = String(name.dropLast(5))
            if Self.isID(id), !listed.contains(id) { ids.append(id) }
        }
        for id in ids { read(id, now, into: &content) }
        let current = index?["current_account_id"]?.string
        content.currentID = content.accounts.contains { $0.id == current } ? current : content.accounts.first?.id
        return content
    }

    private func read(_ id: String, _ now: Int, into content: inout Content) {
        guard content.accounts.count < AccountStore.countMax else {
            content.skipped.append(.init(name: id, reason: "there are more than \(AccountStore.countMax) accounts"))
            return
        }
        guard let record = file("\(Self.recordsName)/\(id).json", &content) else { return }
        guard let account = Account(original: record, id: id, now: now) else {
            content.skipped.append(.init(name: id, reason: "it has no e-mail or no refresh token"))
            return
        }
        let key = Account.key(of: account.email)
        guard !content.accounts.contains(where: { Account.key(of: $0.email) == key }) else {
            content.skipped.append(.init(name: id, reason: "its mailbox comes twice"))
            return
        }
        content.accounts.append(account)
    }

    private func file(_ name: String, _ content: inout Content) -> JSONValue? {
        let size =
            name == Self.indexName || name == Self.configName ? ForeignFile.textSizeMaxBytes : Self.recordSizeMaxBytes
        do throws(ImportError) {
            let bytes = try ForeignFile.read(path + "/" + name, inside: path, sizeMaxBytes: size)
            return try ForeignJSON.parse(bytes, name: name)
        } catch {
            content.skipped.append(.init(name: name, reason: ForeignJSON.reason(error)))
            return nil
        }
    }

    /// Ids become file names: nothing else than these characters.
    static func isID(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}

nonisolated extension Account {
    /// A record as that program stores it; every member but e-mail and refresh token may be missing.
    init?(original record: JSONValue, id: String, now: Int) {
        guard let email = record["email"]?.string?.trimmed, (1...320).contains(email.utf8.count),
            let token = record["token"], let refreshToken = token["refresh_token"]?.string?.trimmed,
            (1...4096).contains(refreshToken.utf8.count)
        else { return nil }
        self.init(
            id: id, kind: .codeAssist, email: email, createdAt: Self.seconds(record, "created_at") ?? now,
            lastUsed: Self.seconds(record, "last_used") ?? now)
        name = record["name"]?.string
        self.token = AccountToken(
            accessToken: token["access_token"]?.string ?? "", refreshToken: refreshToken,
            tokenType: token["token_type"]?.string ?? "Bearer",
            expiresInSeconds: Self.seconds(token, "expires_in") ?? 0,
            expiresAt: Self.seconds(token, "expiry_timestamp") ?? 0)
        projectID = token["project_id"]?.string
        disabled = Self.disabling(record, "disabled", now)
        proxyDisabled = Self.disabling(record, "proxy_disabled", now)
        quota = record["quota"].flatMap { QuotaRecord($0) }
        protectedModels = (record["protected_models"]?.array ?? []).prefix(100).compactMap(\.string)
        deviceProfile = record["device_profile"].flatMap { DeviceProfile($0) }
    }

    private static func disabling(_ record: JSONValue, _ name: String, _ now: Int) -> Disabling? {
        guard record[name]?.bool == true else { return nil }
        return Disabling(reason: record[name + "_reason"]?.string, at: seconds(record, name + "_at") ?? now)
    }

    private static func seconds(_ record: JSONValue, _ name: String) -> Int? {
        record[name]?.int.map(StoredSeconds.clamped)
    }
}
