import Platform

/// One message as it arrived, its body not yet decoded.
public struct IncomingMessage {
    public let kind: MessageKind
    /// False for one of the fixed kinds of a peer of another major: its body has the shape of that major.
    public let isOwnMajor: Bool
    private let body: FrameReader
    private let descriptors: DescriptorParcel?

    init(kind: MessageKind, isOwnMajor: Bool = true, body: FrameReader, descriptors: DescriptorParcel?) {
        self.kind = kind
        self.isOwnMajor = isOwnMajor
        self.body = body
        self.descriptors = descriptors
    }

    /// The fields of the message.
    /// - Throws: `.wrongKind` if `type` is another message; what the fields throw if the peer sent nonsense.
    public func decode<Message: IPCMessage>(_ type: Message.Type = Message.self) throws(IPCError) -> Message {
        guard type.kind == kind else { throw .wrongKind(expected: type.kind, found: kind.rawValue) }
        var reader = body
        return try Message(decoding: &reader)
    }

    /// Takes the next descriptor of the message; nil when it has none left. What is not taken is closed.
    public func takeDescriptor() -> FileDescriptor? { descriptors?.next() }
}
