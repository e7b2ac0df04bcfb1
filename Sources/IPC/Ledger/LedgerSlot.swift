/// What a connection was doing, as its worker last wrote it down: 64 bytes, eight words.
///
/// | word | content |
/// |---|---|
/// | 0 | generation (32 bits), phase, dialect family, framing, flags (8 bits each) |
/// | 1, 2 | request digest, zero while unknown |
/// | 3 | bytes consumed from the connection when the current exchange began |
/// | 4 | bytes written to the connection when the current exchange began |
/// | 5 | bytes written when the last complete event was out |
/// | 6 | bytes written when what is being written will be out |
/// | 7 | monotonic nanoseconds when the current exchange began; while idle, when the last one ended |
///
/// Phase, framing and flags share one word so that a reader after a death sees them change together.
public struct LedgerSlot: Equatable, Sendable {
    public static let byteCount = 64

    public enum Phase: UInt8, Sendable, CaseIterable {
        /// Nobody's.
        case free = 0
        /// Between two requests.
        case idle = 1
        /// A request is being read, or was read and nothing was decided.
        case reading = 2
        /// A lease was asked for.
        case leased = 3
        /// A whole answer is being written.
        case answering = 4
        /// A stream is being written.
        case streaming = 5
        /// The last write of an answer is on its way: tells a death right after it from a cut answer.
        case finishing = 6
    }

    public var generation: UInt32 = 0
    public var phase: Phase = .free
    /// Raw value of `DialectFamily`.
    public var family: UInt8 = 0
    public var framing: AnswerFraming = .none
    /// The connection outlives the current answer.
    public var keepsAlive = false
    /// A lease was asked for in the current exchange.
    public var hasLease = false
    /// The current answer is a stream of events.
    public var isStream = false
    /// That stream is a response of OpenAI's Responses, which breaks in words of its own.
    public var isResponse = false
    /// Sixteen bytes as two words; zero while unknown.
    public var digest: (UInt64, UInt64) = (0, 0)
    public var consumedAtStart: UInt64 = 0
    public var writtenAtStart: UInt64 = 0
    public var boundaryOut: UInt64 = 0
    public var boundaryNext: UInt64 = 0
    /// When the current exchange began; of an idle connection, when it became idle.
    public var sinceNanoseconds: UInt64 = 0

    public init() {}

    static let keepsAliveFlag: UInt64 = 1 << 56
    static let hasLeaseFlag: UInt64 = 1 << 57
    static let isStreamFlag: UInt64 = 1 << 58
    static let isResponseFlag: UInt64 = 1 << 59

    /// Word 0.
    var stateWord: UInt64 {
        UInt64(generation) | UInt64(phase.rawValue) << 32 | UInt64(family) << 40 | UInt64(framing.rawValue) << 48
            | (keepsAlive ? Self.keepsAliveFlag : 0) | (hasLease ? Self.hasLeaseFlag : 0)
            | (isStream ? Self.isStreamFlag : 0) | (isResponse ? Self.isResponseFlag : 0)
    }

    /// Another process wrote word 0: a phase or framing that does not exist reads as `free` and `none`, which is closed.
    mutating func read(stateWord word: UInt64) {
        generation = UInt32(truncatingIfNeeded: word)
        phase = Phase(rawValue: UInt8(truncatingIfNeeded: word >> 32)) ?? .free
        family = UInt8(truncatingIfNeeded: word >> 40)
        framing = AnswerFraming(rawValue: UInt8(truncatingIfNeeded: word >> 48)) ?? .none
        keepsAlive = word & Self.keepsAliveFlag != 0
        hasLease = word & Self.hasLeaseFlag != 0
        isStream = word & Self.isStreamFlag != 0
        isResponse = word & Self.isResponseFlag != 0
    }

    public static func == (a: LedgerSlot, b: LedgerSlot) -> Bool {
        a.stateWord == b.stateWord && a.digest == b.digest && a.consumedAtStart == b.consumedAtStart
            && a.writtenAtStart == b.writtenAtStart && a.boundaryOut == b.boundaryOut
            && a.boundaryNext == b.boundaryNext && a.sinceNanoseconds == b.sinceNanoseconds
    }

    /// An exchange that counts as open for the choice of a worker.
    public var isBusy: Bool { phase != .free && phase != .idle }
}
