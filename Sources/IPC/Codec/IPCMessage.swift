/// One message of a channel. The value holds its fields; its descriptors travel beside it, in the order its page names.
public protocol IPCMessage: Sendable {
    static var kind: MessageKind { get }
    /// Whether the body always goes into a sealed memfd, however short it is.
    static var isAlwaysInMemory: Bool { get }
    func encode(into writer: inout FrameWriter)
    /// Reads the fields this build knows. What a later minor appended behind them is left unread.
    init(decoding reader: inout FrameReader) throws(IPCError)
}

extension IPCMessage {
    public static var isAlwaysInMemory: Bool { false }
}
