import JSON

/// Who an account is, from the userinfo endpoint. Everything but the e-mail address may be missing.
public struct UserInfo: Sendable, Equatable {
    public let email: String
    public let id: String?
    public let isEmailVerified: Bool
    /// `name` if it is not blank, else given and family name joined; nil if there is neither.
    public let personName: String?
    public let picture: String?
    /// Domain of a Workspace account.
    public let hostedDomain: String?

    /// What to call the account on a page: the person's name, else the e-mail address.
    public var displayName: String { personName ?? email }

    /// Nil if the document holds no e-mail address.
    public init?(_ document: JSONDocument) {
        let root = document.root
        guard let email = root["email"]?.filledString else { return nil }
        self.email = email
        id = root["id"]?.filledString
        isEmailVerified = root["verified_email"]?.bool ?? root["email_verified"]?.bool ?? false
        let parts = [root["given_name"]?.filledString, root["family_name"]?.filledString].compactMap { $0 }
        personName = root["name"]?.filledString ?? (parts.isEmpty ? nil : parts.joined(separator: " "))
        picture = root["picture"]?.filledString
        hostedDomain = root["hd"]?.filledString
    }
}
