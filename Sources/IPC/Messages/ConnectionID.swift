/// A client connection in the hands of a worker: the slot of the ledger and which of its successive tenants is meant.
///
/// The supervisor hands a slot out again only after `closed` or `returned`, with the next generation, so a late word about
/// the old tenant is recognised.
public struct ConnectionID: Hashable, Sendable {
    public var slot: UInt32
    public var generation: UInt32

    public init(slot: UInt32, generation: UInt32) {
        self.slot = slot
        self.generation = generation
    }

    func encode(into writer: inout FrameWriter) {
        writer.uint32(slot)
        writer.uint32(generation)
    }

    init(decoding reader: inout FrameReader) throws(IPCError) {
        slot = try reader.uint32()
        generation = try reader.uint32()
    }
}
