import IPC

/// A remembered signature.
nonisolated struct SignatureRecord: Equatable, Sendable {
    /// Who can read it.
    var family: String
    /// As the translator packed it.
    var value: [UInt8]
    /// Seconds since 1970: stored, or asked for since.
    var usedAt: Int

    /// In place of one that is to be found no more: nobody can read it.
    static func forgotten(at time: Int) -> SignatureRecord { SignatureRecord(family: "", value: [], usedAt: time) }

    var isForgotten: Bool { family.isEmpty }
}

/// What is to be written about one key.
nonisolated enum SignatureChange: Equatable, Sendable {
    case keep(SignatureKey, SignatureRecord)
    case use(SignatureKey, at: Int)
    case forget(SignatureKey)

    var byteCount: Int {
        switch self {
        case .keep(let key, let record): key.key.count + record.value.count + SignatureTable.rowOverheadBytes
        case .use(let key, _), .forget(let key): key.key.count + SignatureTable.rowOverheadBytes
        }
    }
}
