import Scheduling

/// An account as somebody adds it, checked with Google and not stored yet.
nonisolated struct AddedAccount: Sendable, Equatable {
    let kind: AccountKind
    let email: String
    var name: String?
    var token: AccountToken?
    var apiKey: String?
    var projectID: String?
    /// Its credentials are known to be dead.
    var disabled: Account.Disabling?
}

nonisolated extension Account {
    init(_ added: AddedAccount, id: String, now: Int) {
        self.init(
            id: id, kind: added.kind, email: added.email.trimmed, name: added.name, token: added.token,
            apiKey: added.apiKey, projectID: added.projectID, disabled: added.disabled, createdAt: now, lastUsed: now)
    }

    /// Takes new credentials over. A missing name or project never replaces a known one.
    mutating func take(_ added: AddedAccount, now: Int) {
        // Dead credentials replace nothing.
        guard added.disabled == nil else { return }
        let isNew =
            added.token?.accessToken != token?.accessToken || added.token?.refreshToken != token?.refreshToken
            || added.apiKey != apiKey
        name = added.name ?? name
        projectID = added.projectID ?? projectID
        token = added.token
        apiKey = added.apiKey
        lastUsed = now
        // A key is only added when Google has just taken it.
        if isNew || apiKey != nil { disabled = nil }
    }
}
