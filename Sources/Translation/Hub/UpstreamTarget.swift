/// Where one attempt goes: facts that are only known once a lease is granted.
public struct UpstreamTarget: Sendable {
    public var model: TargetModel
    /// `nil`: the key is left out. Never an empty string.
    public var project: String?
    /// Unique per upstream call: a UUID.
    public var requestID: String
    /// Stable per conversation (`SessionKey.upstreamSessionID`).
    public var sessionID: String?
    public var signatures: KnownSignatures
    /// What to leave out after the upstream refused this request once.
    public var repair: RequestRepair?
    public var settings: TranslationSettings
    /// Which of Google's APIs is asked.
    public var api: TargetModel.API

    public init(
        model: TargetModel, project: String?, requestID: String, sessionID: String? = nil,
        signatures: KnownSignatures = .none, repair: RequestRepair? = nil, settings: TranslationSettings = .init(),
        api: TargetModel.API = .codeAssist
    ) {
        self.model = model
        self.project = project?.isEmpty == true ? nil : project
        self.requestID = requestID
        self.sessionID = sessionID
        self.signatures = signatures
        self.repair = repair
        self.settings = settings
        self.api = api
    }

    /// Whether it takes what Google keeps: media by address (`fileData`), contents by name (`cachedContent`).
    var takesReferences: Bool { api == .gemini }
}
