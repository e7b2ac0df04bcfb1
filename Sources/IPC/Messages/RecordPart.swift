/// The texts and bodies of an `ExchangeRecord`, in the order in which they stand in it.
///
/// What comes from a client stands first and together, so that one look goes over all of it; bodies stand last, so that a
/// record without them is the beginning of one with them.
public enum RecordPart: Int, CaseIterable, Sendable {
    case method, target, clientModel, upstreamModel, clientAddress, error
    case accountID, apiKeyID, payloadKind
    case requestBody, responseBody

    /// Bytes of any kind; the others are text.
    var isBody: Bool { self == .requestBody || self == .responseBody }
}
