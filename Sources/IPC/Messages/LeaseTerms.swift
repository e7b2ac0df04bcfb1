/// What a worker may use for one attempt. Part of `leaseGrant` and of a `leaseVerdict` that grants another one.
public struct LeaseTerms: Equatable, Sendable {
    /// How the account was chosen, for the traffic log.
    public enum Sticky: UInt8, Sendable { case none = 0, preferred = 1, hit = 2, detour = 3, new = 4 }

    public var leaseID: String
    /// Where its account stands among the accounts: a hint where to look for terms read before. May mean another one later.
    public var accountNumber: UInt32
    public var account: AccountTerms
    public var upstreamModel: String
    public var sticky: Sticky
    /// Index into the snapshot's bases. 255: the one address of the public API.
    public var endpoint: UInt8
    public var totalMillisecondsLeft: UInt32
    /// Output limit of the upstream model, in tokens.
    public var outputTokensMax: UInt32?

    public init(
        leaseID: String, accountNumber: UInt32 = 0, account: AccountTerms, upstreamModel: String,
        sticky: Sticky = .none, endpoint: UInt8 = 0, totalMillisecondsLeft: UInt32, outputTokensMax: UInt32? = nil
    ) {
        self.leaseID = leaseID
        self.accountNumber = accountNumber
        self.account = account
        self.upstreamModel = upstreamModel
        self.sticky = sticky
        self.endpoint = endpoint
        self.totalMillisecondsLeft = totalMillisecondsLeft
        self.outputTokensMax = outputTokensMax
    }

    func encode(into writer: inout FrameWriter) {
        writer.string(leaseID)
        writer.uint32(accountNumber)
        account.encode(into: &writer)
        writer.string(upstreamModel)
        writer.uint8(sticky.rawValue)
        writer.uint8(endpoint)
        writer.uint32(totalMillisecondsLeft)
        writer.optional(outputTokensMax)
    }

    init(decoding reader: inout FrameReader) throws(IPCError) {
        leaseID = try reader.string()
        accountNumber = try reader.uint32()
        account = try AccountTerms.decode(number: accountNumber, &reader)
        upstreamModel = try reader.string()
        sticky = try reader.oneOf(Sticky.self, field: "lease.sticky")
        endpoint = try reader.uint8()
        totalMillisecondsLeft = try reader.uint32()
        outputTokensMax = try reader.optionalUInt32()
    }
}

extension LeaseTerms {
    public var accountID: String { account.id }
    public var accountLabel: String? { account.label }
    public var accountKind: AccountTerms.Kind { account.kind }
    public var credential: Secret { account.credential }
    public var projectID: String? { account.projectID }
    public var egressProxy: String? { account.egressProxy }
}
