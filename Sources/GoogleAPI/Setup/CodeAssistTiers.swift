import JSON

/// A tier of Code Assist as `loadCodeAssist` lists it.
public struct CodeAssistTier: Sendable, Equatable {
    /// Raw id such as `free-tier`, `standard-tier`, `g1-pro-tier`.
    public let id: String
    public let name: String?
    /// The tier to onboard with when the account has none.
    public let isDefault: Bool
    /// The account must bring a project of its own.
    public let needsOwnProject: Bool

    init?(_ node: JSONNode?) {
        guard let node, let id = node["id"]?.filledString else { return nil }
        self.id = id
        name = node["name"]?.filledString
        isDefault = node["isDefault"]?.bool ?? false
        needsOwnProject = node["userDefinedCloudaicompanionProject"]?.bool ?? false
    }
}

/// Why a tier is refused to an account.
public struct CodeAssistIneligibility: Sendable, Equatable {
    /// `UNSUPPORTED_LOCATION`, `VALIDATION_REQUIRED`, `RESTRICTED_AGE` and the like; the word as it came.
    public let reasonCode: String
    public let reasonMessage: String?
    public let tierID: String?
    /// Page the user must visit. Only an https address of Google survives decoding.
    public let validationURL: String?

    init?(_ node: JSONNode) {
        guard node.kind == .object else { return nil }
        reasonCode = node["reasonCode"]?.filledString ?? "UNKNOWN"
        reasonMessage = node["reasonMessage"]?.filledString.map { ClientText.redact($0) }
        tierID = node["tierId"]?.filledString
        validationURL = node["validationUrl"]?.filledString.flatMap(GoogleLink.accept)
    }
}
