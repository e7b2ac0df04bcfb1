import JSON

/// `loadCodeAssist`: which project and tier an account has.
public enum LoadCodeAssist {
    public static let method = "loadCodeAssist"

    /// - Parameter project: a known project id, only for client kinds that send one.
    public static func encode(metadata: CodeAssistMetadata = .standard, project: String? = nil) -> [UInt8] {
        var request: JSONObject = [:]
        if let project, !project.isEmpty { request.append("cloudaicompanionProject", .string(project)) }
        request.append("metadata", .object(metadata.value))
        return JSONValue.object(request).serialized
    }

    /// Never fails: what is missing or of another type counts as absent.
    public static func decode(_ document: JSONDocument) -> CodeAssistStanding { CodeAssistStanding(document.root) }
}

/// An account's standing with Code Assist.
public struct CodeAssistStanding: Sendable, Equatable {
    /// Nil: onboard the account; if that yields none either, requests go out without a project.
    public let project: String?
    public let currentTier: CodeAssistTier?
    public let paidTier: CodeAssistTier?
    public let allowedTiers: [CodeAssistTier]
    public let ineligibleTiers: [CodeAssistIneligibility]

    /// Rows of either list that are read; real answers hold a handful.
    static let tierCountMax = 64

    init(_ root: JSONNode) {
        project = root["cloudaicompanionProject"]?.projectID
        currentTier = CodeAssistTier(root["currentTier"])
        paidTier = CodeAssistTier(root["paidTier"])
        allowedTiers = (root["allowedTiers"].map { Array($0.elements.prefix(Self.tierCountMax)) } ?? [])
            .compactMap { CodeAssistTier($0) }
        ineligibleTiers = (root["ineligibleTiers"].map { Array($0.elements.prefix(Self.tierCountMax)) } ?? [])
            .compactMap { CodeAssistIneligibility($0) }
    }

    /// Raw id for the quota record: the paid tier, else the current one.
    public var subscriptionTier: String? { paidTier?.id ?? currentTier?.id }

    /// Tier to show: the paid one, else the current one of an eligible account, else the default of the allowed ones,
    /// which is then restricted.
    public var shownTier: (id: String, isRestricted: Bool)? {
        if let paidTier { return (paidTier.id, false) }
        if let currentTier, ineligibleTiers.isEmpty { return (currentTier.id, false) }
        return (allowedTiers.first { $0.isDefault } ?? allowedTiers.first).map { ($0.id, true) }
    }

    /// Tier to onboard with.
    public var onboardingTier: String { allowedTiers.first { $0.isDefault }?.id ?? "free-tier" }

    /// Page the user must visit before the account works, if one is named.
    public var validationURL: String? { ineligibleTiers.lazy.compactMap(\.validationURL).first }
}
