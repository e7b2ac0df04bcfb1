/// Kinds of account, as bits: every choice asks for them.
struct AccountKindSet: OptionSet, Sendable {
    let rawValue: UInt8

    init(rawValue: UInt8) { self.rawValue = rawValue }

    init(_ kind: AccountKind) { rawValue = 1 << kind.rawValue }

    func contains(_ kind: AccountKind) -> Bool { rawValue & 1 << kind.rawValue != 0 }
}
