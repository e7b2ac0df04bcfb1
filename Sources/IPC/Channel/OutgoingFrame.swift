import Platform

/// Messages that leave together, with everything that belongs to them.
struct OutgoingFrame {
    var writer: FrameWriter
    var parcels: [DescriptorParcel] = []
    var descriptorCount = 0
    /// Bytes of bodies that travel in memfds beside the frame.
    var memoryBytes = 0

    var byteCount: Int { writer.count + memoryBytes }

    /// Whether a message of `length` bytes and `descriptors` descriptors still fits.
    func hasRoom(for length: Int, descriptors: Int) -> Bool {
        writer.count + length <= IPCLimits.frameSizeMaxBytes
            && descriptorCount + descriptors <= IPCLimits.frameDescriptorsMax
    }

    /// Rewrites the frame without the log records in it.
    /// - Returns: how many records went.
    mutating func dropRecords() -> Int {
        let bytes = writer.bytes
        var reader = FrameReader(bytes)
        var slim = FrameWriter(reserving: 256)
        var dropped = 0
        while reader.remaining > 0 {
            let start = reader.position
            guard let header = try? FrameHeader(decoding: &reader), (try? reader.skip(header.lengthInFrame)) != nil
            else { preconditionFailure("a frame of our own making is well formed") }
            let end = reader.position
            if header.kind == MessageKind.exchangeEnd.rawValue, !header.isBodyInMemory {
                var body = FrameReader(bytes, from: start + FrameHeader.byteCount, to: end)
                // A body of our own making decodes; if not, it is sent as it is.
                if var message = try? ExchangeEnd(decoding: &body), message.record != nil {
                    message.record = nil
                    slim.message(message)
                    dropped += 1
                    continue
                }
            }
            bytes[start..<end].withUnsafeBytes { slim.copy($0) }
        }
        if dropped > 0 { writer = slim }
        return dropped
    }
}

extension FrameWriter {
    /// Appends header and body of a message that owns no descriptor.
    mutating func message(_ message: some IPCMessage) {
        let start = count
        let kind = type(of: message).kind
        FrameHeader(kind: kind, length: 0).encode(into: &self)
        message.encode(into: &self)
        patch(FrameHeader(kind: kind, length: count - start - FrameHeader.byteCount), at: start)
    }
}
