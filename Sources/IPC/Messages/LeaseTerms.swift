/// What a worker may use for one attempt. Part of `leaseGrant` and of a `leaseVerdict` that grants another one.
public struct LeaseTerms: Equatable, Sendable {
    public enum AccountKind: UInt8, Sendable { case codeAssist = 0, geminiKey = 1 }
    /// How the account was chosen, for the traffic log.
    public enum Sticky: UInt8, Sendable { case none = 0, preferred = 1, hit = 2, detour = 3, new = 4 }

    public var leaseID: String
    public var accountID: String
    /// Only when the operator lets the answer name the account.
    public var accountLabel: String?
    public var accountKind: AccountKind
    /// Access token or API key. Never logged.
    public var credential: Secret
    public var tokenExpiresAtUnixMilliseconds: UInt64?
    public var projectID: String?
    public var upstreamModel: String
    /// Subscription tier as upstream names it.
    public var tier: String?
    public var sticky: Sticky
    /// Indices into the snapshot's bases, in the order they may be tried. 255: the one address of the public API.
    public var endpoints: [UInt8]
    public var egressProxy: String?
    public var totalMillisecondsLeft: UInt32
    /// Output limit of the upstream model, in tokens.
    public var outputTokensMax: UInt32?

    public init(
        leaseID: String, accountID: String, accountLabel: String? = nil, accountKind: AccountKind = .codeAssist,
        credential: Secret, tokenExpiresAtUnixMilliseconds: UInt64? = nil, projectID: String? = nil,
        upstreamModel: String, tier: String? = nil, sticky: Sticky = .none, endpoints: [UInt8] = [0],
        egressProxy: String? = nil, totalMillisecondsLeft: UInt32, outputTokensMax: UInt32? = nil
    ) {
        self.leaseID = leaseID
        self.accountID = accountID
        self.accountLabel = accountLabel
        self.accountKind = accountKind
        self.credential = credential
        self.tokenExpiresAtUnixMilliseconds = tokenExpiresAtUnixMilliseconds
        self.projectID = projectID
        self.upstreamModel = upstreamModel
        self.tier = tier
        self.sticky = sticky
        self.endpoints = endpoints
        self.egressProxy = egressProxy
        self.totalMillisecondsLeft = totalMillisecondsLeft
        self.outputTokensMax = outputTokensMax
    }

    func encode(into writer: inout FrameWriter) {
        writer.string(leaseID)
        writer.string(accountID)
        writer.optional(accountLabel)
        writer.uint8(accountKind.rawValue)
        writer.string(credential.value)
        writer.optional(tokenExpiresAtUnixMilliseconds)
        writer.optional(projectID)
        writer.string(upstreamModel)
        writer.optional(tier)
        writer.uint8(sticky.rawValue)
        writer.blob(endpoints)
        writer.optional(egressProxy)
        writer.uint32(totalMillisecondsLeft)
        writer.optional(outputTokensMax)
    }

    init(decoding reader: inout FrameReader) throws(IPCError) {
        leaseID = try reader.string()
        accountID = try reader.string()
        accountLabel = try reader.optionalString()
        accountKind = try reader.oneOf(AccountKind.self, field: "lease.account_kind")
        credential = Secret(try reader.string())
        tokenExpiresAtUnixMilliseconds = try reader.optionalUInt64()
        projectID = try reader.optionalString()
        upstreamModel = try reader.string()
        tier = try reader.optionalString()
        sticky = try reader.oneOf(Sticky.self, field: "lease.sticky")
        endpoints = try reader.blob()
        egressProxy = try reader.optionalString()
        totalMillisecondsLeft = try reader.uint32()
        outputTokensMax = try reader.optionalUInt32()
    }
}
