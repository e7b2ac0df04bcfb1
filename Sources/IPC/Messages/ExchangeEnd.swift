/// Worker to supervisor: a client request is over. Frees its lease, feeds log and statistics.
///
/// The record is the one thing a full queue may drop, oldest first; the rest of the message still travels.
public struct ExchangeEnd: IPCMessage, Equatable {
    public static let kind = MessageKind.exchangeEnd

    /// Numbered with `returned` and `closed` until `ack`.
    public var number: UInt64
    public var requestID: String
    /// The digest that `leaseRequest` and the ledger carry: a success ends the quarantine of a body.
    public var bodyDigest: [UInt8]?
    /// The last attempt; absent when no lease was granted.
    // Written out: a wrapped `?` is set to nil before it is set, and that is one more allocation.
    // swift-format-ignore: UseShorthandTypeNames
    @Shared public var outcome: Optional<AttemptOutcome>
    public var record: ExchangeRecord?

    public init(
        number: UInt64, requestID: String, bodyDigest: [UInt8]? = nil, outcome: AttemptOutcome? = nil,
        record: ExchangeRecord? = nil
    ) {
        self.number = number
        self.requestID = requestID
        self.bodyDigest = bodyDigest
        self.outcome = outcome
        self.record = record
    }

    public func encode(into writer: inout FrameWriter) {
        writer.uint64(number)
        writer.string(requestID)
        writer.optional(bodyDigest)
        writer.optional(outcome) { $1.encode(into: &$0) }
        writer.optional(record) { $1.encode(into: &$0) }
    }

    public init(decoding reader: inout FrameReader) throws(IPCError) {
        number = try reader.uint64()
        requestID = try reader.string()
        bodyDigest = try reader.optionalBlob()
        outcome = try reader.optional { reader throws(IPCError) in try AttemptOutcome(decoding: &reader) }
        record = try reader.optional { reader throws(IPCError) in try ExchangeRecord(decoding: &reader) }
    }
}
