/// Every read of every connection of the process lands here first; what must be kept is copied at its size, so that a silent
/// connection holds no buffer. What is in it is valid until the next suspension or read.
@MainActor enum ReceiveBuffer {
    static let shared = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1024, alignment: 16)
}
