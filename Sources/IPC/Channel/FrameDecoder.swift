import Platform

/// Cuts a received frame into messages. Whatever the other process sent, the outcome is messages or an error.
enum FrameDecoder {
    /// - Parameter descriptors: of the whole frame; all of them are owned by the messages, or closed, when this returns.
    /// - Parameter known: what came over the same channel before.
    /// - Parameter onSkipped: called for a message of a kind or major that this build does not know.
    /// - Throws: `.truncated`, `.descriptorCount`, `.memoryNotSealed`, `.bodyTooLong`. Messages before the bad one have been
    ///   delivered.
    static func decode(
        _ frame: [UInt8], descriptors: [CInt], known: KnownAccounts, onSkipped: () -> Void,
        deliver: (IncomingMessage) -> Void
    ) throws(IPCError) {
        let all = DescriptorParcel()
        for raw in descriptors { all.add(FileDescriptor(owning: raw)) }
        var reader = FrameReader(frame)
        while reader.remaining > 0 {
            let header = try FrameHeader(decoding: &reader)
            guard header.descriptorCount <= all.count else {
                throw .descriptorCount(expected: header.descriptorCount, found: all.count)
            }
            let start = reader.position
            try reader.skip(header.lengthInFrame)
            let owned = parcel(of: header.descriptorCount, from: all)
            var body = FrameReader(frame, from: start, to: reader.position, known: known)
            if header.isBodyInMemory { body = try memoryBody(length: header.length, from: owned) }
            let isOwnMajor = header.major == ProtocolVersion.major
            guard let kind = MessageKind(rawValue: header.kind), isOwnMajor || kind.isFixedAcrossMajors
            else {
                onSkipped()
                continue
            }
            deliver(IncomingMessage(kind: kind, isOwnMajor: isOwnMajor, body: body, descriptors: owned))
        }
        guard all.count == 0 else { throw .descriptorCount(expected: 0, found: all.count) }
    }

    private static func parcel(of count: Int, from all: DescriptorParcel) -> DescriptorParcel? {
        guard count > 0 else { return nil }
        let parcel = DescriptorParcel()
        for _ in 0..<count {
            if let descriptor = all.next() { parcel.add(descriptor) }
        }
        return parcel
    }

    private static func memoryBody(length: Int, from owned: DescriptorParcel?) throws(IPCError) -> FrameReader {
        guard length <= IPCLimits.bodySizeMaxBytes else { throw .bodyTooLong(length) }
        guard let descriptor = owned?.next() else { throw .descriptorCount(expected: 1, found: 0) }
        do {
            let file = try MemoryFile(adopting: descriptor, expectedSize: length)
            return FrameReader(try file.bytes())
        } catch {
            throw .memoryNotSealed
        }
    }
}
