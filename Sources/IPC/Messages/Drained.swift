/// Worker to supervisor, its last word: nothing is left, the process ends now. The same in every major.
public struct Drained: IPCMessage, Equatable {
    public static let kind = MessageKind.drained

    /// Exchanges that had to be ended because the drain limit had passed.
    public var cutExchanges: UInt32

    public init(cutExchanges: UInt32 = 0) { self.cutExchanges = cutExchanges }

    public func encode(into writer: inout FrameWriter) { writer.uint32(cutExchanges) }

    public init(decoding reader: inout FrameReader) throws(IPCError) { cutExchanges = try reader.uint32() }
}
