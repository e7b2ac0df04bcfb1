/// Why a request was not served, as far as a client is told. The raw values travel between the processes: append, never
/// renumber.
public enum Situation: UInt8, Sendable, CaseIterable {
    // What the client can mend.
    case unauthorized = 1
    case forbidden = 2
    case badRequest = 3
    case contextTooLong = 4
    case tooLarge = 5
    case modelNotFound = 6
    case unknownPath = 7
    case methodNotAllowed = 8
    case unsupported = 9
    case notImplemented = 10
    /// The request builds on an earlier answer that is not kept here.
    case previousResponseNotFound = 11
    /// The request refers to an item that is not kept here.
    case itemNotFound = 12
    /// What was asked for, or what came of it, was blocked, and the dialect has no success for that.
    case contentPolicy = 13
    // The request could not be read as HTTP.
    case malformedHTTP = 20
    case targetTooLong = 21
    case fieldsTooLarge = 22
    case unmetExpectation = 23
    case unknownMethod = 24
    case unknownVersion = 25
    case requestTimeout = 26
    // The accounts.
    case noAccounts = 40
    case accountsUnusable = 41
    case allAccountsLimited = 42
    case quotaExhausted = 43
    case busy = 44
    // The upstream.
    case requestRejected = 60
    case overloaded = 61
    case upstreamError = 62
    case upstreamUnreachable = 63
    case upstreamTimeout = 64
    case locationBlocked = 65
    /// The upstream answered without the picture that was asked for.
    case noImage = 66
    // The gateway itself.
    case noWorker = 80
    case workerLost = 81
    case requestRefused = 82
    case serviceDisabled = 83
    case memoryFull = 84
    case internalError = 85
}
