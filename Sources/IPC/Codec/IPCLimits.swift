/// The bounds of a channel. Both sides are built with the same ones.
public enum IPCLimits {
    /// Bytes of one frame, headers included. The kernel's default send buffer carries a packet of 208 KiB; this leaves
    /// room for its own accounting. A message that is larger travels in a sealed memfd beside its header.
    public static let frameSizeMaxBytes = 192 * 1024
    /// Descriptors of one frame. The kernel takes 253 (`SCM_MAX_FD`, unix(7)).
    public static let frameDescriptorsMax = 64
    /// Body of one message that travels in a memfd. A longer one is refused by the sender as `bodyTooLong`.
    public static let bodySizeMaxBytes = 16 * 1024 * 1024
    /// Bytes that one side keeps for a peer that does not read. At the limit `send` throws `queueFull`, after log records
    /// have been dropped oldest first.
    public static let queueSizeMaxBytes = 8 * 1024 * 1024
    /// Elements of one list in a message. A longer one is malformed.
    public static let listCountMax = 8192
}
