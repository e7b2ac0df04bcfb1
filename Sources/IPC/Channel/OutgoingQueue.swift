import Platform

/// What waits to leave on one channel, packed into frames as it comes.
///
/// Bounded: above `IPCLimits.queueSizeMaxBytes` log records go, oldest first; then `append` refuses, except for what a
/// peer must learn in the end (leases, returns, closes, ends of exchanges). Those are bounded by the number of connections
/// and get as much room again.
struct OutgoingQueue {
    private var frames: [OutgoingFrame] = []
    private var spare = FrameWriter(reserving: 4096)
    private(set) var queuedBytes = 0
    private(set) var droppedRecords = 0

    var isEmpty: Bool { frames.isEmpty }
    /// The frame that leaves next.
    var first: OutgoingFrame? { frames.first }

    /// Packs a message.
    /// - Throws: `.queueFull`, `.bodyTooLong`, `.descriptorCount` for more than a frame takes, `.system` when no memfd can
    ///   be made. The parcel stays the caller's then.
    mutating func append(_ message: some IPCMessage, descriptors: DescriptorParcel?) throws(IPCError) {
        let kind = type(of: message).kind
        let count = descriptors?.count ?? 0
        guard count < IPCLimits.frameDescriptorsMax else {
            throw .descriptorCount(expected: IPCLimits.frameDescriptorsMax - 1, found: count)
        }
        var writer = FrameWriter(reserving: 0)
        swap(&writer, &spare)
        writer.removeAll()
        defer { swap(&writer, &spare) }
        FrameHeader(kind: kind, length: 0).encode(into: &writer)
        message.encode(into: &writer)
        var length = writer.count - FrameHeader.byteCount
        guard length <= IPCLimits.bodySizeMaxBytes else { throw .bodyTooLong(length) }
        if queuedBytes + length > IPCLimits.queueSizeMaxBytes {
            try makeRoom(for: length, mustTravel: kind.mustTravel)
            if kind == .exchangeEnd, queuedBytes + length > IPCLimits.queueSizeMaxBytes {
                length = dropRecord(of: &writer)
            }
        }
        let isInMemory =
            type(of: message).isAlwaysInMemory
            || FrameHeader.byteCount + length > IPCLimits.frameSizeMaxBytes
        var parcels: [DescriptorParcel] = []
        if isInMemory {
            parcels.append(try moveToMemory(&writer))
        }
        if let descriptors, count > 0 { parcels.append(descriptors) }
        let header = FrameHeader(
            kind: kind, descriptorCount: count + (isInMemory ? 1 : 0), isBodyInMemory: isInMemory, length: length)
        writer.patch(header, at: 0)
        place(writer, header: header, parcels: parcels)
    }

    /// The first frame has left.
    mutating func removeFirst() {
        let frame = frames.removeFirst()
        queuedBytes -= frame.byteCount
        if frames.isEmpty { reusable = frame.writer }
    }

    /// Nobody will read it any more.
    mutating func removeAll() {
        frames = []
        queuedBytes = 0
    }

    /// The buffer of the frame that left last, so that a quiet channel does not allocate for each turn.
    private var reusable: FrameWriter?

    private mutating func place(_ message: FrameWriter, header: FrameHeader, parcels: [DescriptorParcel]) {
        let memoryBytes = header.isBodyInMemory ? header.length : 0
        if frames.last?.hasRoom(for: message.count, descriptors: header.descriptorCount) != true {
            var writer = reusable ?? FrameWriter(reserving: 4096)
            reusable = nil
            writer.removeAll()
            frames.append(OutgoingFrame(writer: writer))
        }
        let last = frames.count - 1
        message.withBytes { frames[last].writer.copy($0) }
        if !parcels.isEmpty { frames[last].parcels += parcels }
        frames[last].descriptorCount += header.descriptorCount
        frames[last].memoryBytes += memoryBytes
        queuedBytes += message.count + memoryBytes
    }

    private mutating func makeRoom(for length: Int, mustTravel: Bool) throws(IPCError) {
        for index in frames.indices where queuedBytes + length > IPCLimits.queueSizeMaxBytes {
            let before = frames[index].byteCount
            droppedRecords += frames[index].dropRecords()
            queuedBytes -= before - frames[index].byteCount
        }
        let bound = IPCLimits.queueSizeMaxBytes * (mustTravel ? 2 : 1)
        guard queuedBytes + length <= bound else { throw .queueFull }
    }

    private mutating func dropRecord(of writer: inout FrameWriter) -> Int {
        var frame = OutgoingFrame(writer: writer)
        frame.writer.patch(
            FrameHeader(kind: .exchangeEnd, length: writer.count - FrameHeader.byteCount), at: 0)
        droppedRecords += frame.dropRecords()
        writer = frame.writer
        return writer.count - FrameHeader.byteCount
    }

    private func moveToMemory(_ writer: inout FrameWriter) throws(IPCError) -> DescriptorParcel {
        do {
            let body = writer.withBytes { [UInt8]($0[FrameHeader.byteCount...]) }
            let file = try MemoryFile.writeOnce(name: "ipc-body", body)
            writer.truncate(to: FrameHeader.byteCount)
            return DescriptorParcel(try file.descriptor.duplicate())
        } catch {
            throw .system(errno: error.errno)
        }
    }
}

extension MessageKind {
    /// What a full queue must still take: the peer waits for it or holds something because of it.
    var mustTravel: Bool {
        switch self {
        case .handoff, .snapshot, .pulse, .warmup, .signatureFind, .signatureFound, .signatureKeep, .signatureForget:
            false
        default: true
        }
    }
}
