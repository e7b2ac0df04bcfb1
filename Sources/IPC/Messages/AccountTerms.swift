import Glibc

/// What a worker must know of an account to speak for it: the part of a lease that is the same from one to the next.
///
/// It is made when something of the account changes and not for each lease, and travels as one piece of bytes. Whoever has
/// read the same bytes before keeps what came of them (`KnownAccounts`).
public final class AccountTerms: Sendable, Equatable, CustomReflectable {
    public enum Kind: UInt8, Sendable { case codeAssist = 0, geminiKey = 1 }

    public let id: String
    /// Only when the operator lets the answer name the account.
    public let label: String?
    public let kind: Kind
    /// Access token or API key. Never logged.
    public let credential: Secret
    public let tokenExpiresAtUnixMilliseconds: UInt64?
    public let projectID: String?
    /// Subscription tier as upstream names it.
    public let tier: String?
    public let egressProxy: String?
    /// The same as bytes.
    private let encoded: [UInt8]

    public init(
        id: String, label: String? = nil, kind: Kind = .codeAssist, credential: Secret,
        tokenExpiresAtUnixMilliseconds: UInt64? = nil, projectID: String? = nil, tier: String? = nil,
        egressProxy: String? = nil
    ) {
        self.id = id
        self.label = label
        self.kind = kind
        self.credential = credential
        self.tokenExpiresAtUnixMilliseconds = tokenExpiresAtUnixMilliseconds
        self.projectID = projectID
        self.tier = tier
        self.egressProxy = egressProxy
        var writer = FrameWriter()
        writer.string(id)
        writer.optional(label)
        writer.uint8(kind.rawValue)
        writer.string(credential.value)
        writer.optional(tokenExpiresAtUnixMilliseconds)
        writer.optional(projectID)
        writer.optional(tier)
        writer.optional(egressProxy)
        encoded = writer.bytes
    }

    /// - Parameter bytes: the whole piece, and what a later minor may have appended to it.
    private init(reading bytes: [UInt8]) throws(IPCError) {
        var reader = FrameReader(bytes)
        id = try reader.string()
        label = try reader.optionalString()
        kind = try reader.oneOf(Kind.self, field: "account.kind")
        credential = Secret(try reader.string())
        tokenExpiresAtUnixMilliseconds = try reader.optionalUInt64()
        projectID = try reader.optionalString()
        tier = try reader.optionalString()
        egressProxy = try reader.optionalString()
        encoded = bytes
    }

    func encode(into writer: inout FrameWriter) { writer.blob(encoded) }

    /// - Parameter number: which account it is to whoever sent it.
    static func decode(number: UInt32, _ reader: inout FrameReader) throws(IPCError) -> AccountTerms {
        let memory = reader.known
        return try reader.withPrefixed { bytes throws(IPCError) in
            if let known = memory?[number], known.isMadeOf(bytes) { return known }
            let terms = try AccountTerms(reading: [UInt8](bytes))
            memory?[number] = terms
            return terms
        }
    }

    private func isMadeOf(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        encoded.withUnsafeBufferPointer { own in
            guard own.count == bytes.count, let first = own.baseAddress, let second = bytes.baseAddress else {
                return false
            }
            return memcmp(first, second, own.count) == 0
        }
    }

    public static func == (one: AccountTerms, other: AccountTerms) -> Bool {
        one === other || one.encoded == other.encoded
    }

    /// The fields, for printers that look into a message.
    public var customMirror: Mirror {
        Mirror(
            self,
            children: [
                "id": id, "label": label as Any, "kind": kind, "credential": credential,
                "tokenExpiresAtUnixMilliseconds": tokenExpiresAtUnixMilliseconds as Any,
                "projectID": projectID as Any, "tier": tier as Any, "egressProxy": egressProxy as Any,
            ], displayStyle: .struct)
    }
}

/// The terms that came last over a channel, by the numbers their accounts have there.
///
/// A number is a hint and no promise: what is kept is used again only for the same bytes.
final class KnownAccounts {
    /// When there are more, all are forgotten.
    static let countMax = 1_024

    private var terms: [UInt32: AccountTerms] = [:]

    subscript(number: UInt32) -> AccountTerms? {
        get { terms[number] }
        set {
            if terms.count >= Self.countMax { terms.removeAll() }
            terms[number] = newValue
        }
    }
}
