import Glibc
import IPC
import Platform
import Testing

/// Serialised, because one test counts open descriptors.
@Suite(.serialized) @MainActor struct ChannelTests {
    /// Two channels over one pair of sockets; what arrives at the right one is collected.
    @MainActor final class Wire {
        let left: Channel
        private(set) var right: Channel!
        private(set) var received: [IncomingMessage] = []
        private(set) var hasEnded = false

        init() throws {
            let (a, b) = try ChannelTests.pair(.sequencedPackets)
            left = try Channel(FileDescriptor(owning: a), onMessage: { _ in }, onEnd: {})
            right = try Channel(
                FileDescriptor(owning: b), onMessage: { [unowned self] in received.append($0) },
                onEnd: { [unowned self] in hasEnded = true })
        }

        /// Drops what came, and with it the descriptors that nobody took.
        func forget() { received = [] }

        /// Lets the loop turn until `condition` holds, at most two seconds.
        func wait(_ condition: () -> Bool) async throws {
            for _ in 0..<2000 where !condition() { try await Task.sleep(for: .milliseconds(1)) }
            if !condition() { Issue.record("nothing came") }
        }
    }

    static func pair(_ kind: SocketKind) throws -> (CInt, CInt) {
        let pair = try SocketIO.pair(kind)
        return (pair.first.release(), pair.second.release())
    }

    /// The raw end of a pair, to see and to send frames as they are.
    struct RawEnd: ~Copyable {
        let socket: FileDescriptor

        init(_ raw: CInt) { socket = FileDescriptor(owning: raw) }

        func frame() throws -> [UInt8]? {
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 200 * 1024, alignment: 8)
            defer { buffer.deallocate() }
            var descriptors: [CInt] = []
            guard
                case .bytes(let count) = try SocketIO.receiveMessage(
                    socket.raw, into: buffer, descriptors: &descriptors)
            else { return nil }
            for descriptor in descriptors { close(descriptor) }
            return [UInt8](buffer[..<count])
        }
    }

    @Test func `messages of one turn leave in one frame and in their order`() async throws {
        let (a, b) = try Self.pair(.sequencedPackets)
        let channel = try Channel(FileDescriptor(owning: a), onMessage: { _ in }, onEnd: {})
        for number in 1...10 { try channel.send(Ack(through: UInt64(number))) }
        try await Task.sleep(for: .milliseconds(5))
        let raw = RawEnd(b)
        let frame = try raw.frame() ?? []
        #expect(frame.count == 10 * 16)
        let next = try raw.frame()
        #expect(next == nil)
        let lines = FrameDescription(frame).description.split(separator: "\n")
        #expect(lines.last == "ack 8 bytes: through 10")
    }

    @Test func `descriptors arrive with the message that owns them, and the rest is closed`() async throws {
        let wire = try Wire()
        let before = ProcessFacts.openDescriptorCount()
        for number in 0..<70 {
            let (a, b) = try Self.pair(.stream)
            try wire.left.send(
                Handoff(
                    connection: ConnectionID(slot: UInt32(number), generation: 1), peer: "", isPeerLoopback: true,
                    received: [UInt8(number)]), descriptors: DescriptorParcel(FileDescriptor(owning: a)))
            var byte = UInt8(number)
            _ = withUnsafeBytes(of: &byte) { send(b, $0.baseAddress, 1, 0) }
            close(b)
        }
        try await wire.wait { wire.received.count == 70 }
        for (number, message) in wire.received.enumerated() where number % 2 == 0 {
            guard let descriptor = message.takeDescriptor() else {
                throw IPCError.descriptorCount(expected: 1, found: 0)
            }
            var byte: UInt8 = 0
            _ = withUnsafeMutableBytes(of: &byte) { recv(descriptor.raw, $0.baseAddress, 1, 0) }
            let handoff = try message.decode(Handoff.self)
            if Int(byte) != number || handoff.received != [byte] { Issue.record("socket \(byte) came with \(number)") }
        }
        wire.forget()
        let after = ProcessFacts.openDescriptorCount()
        #expect(after == before)
    }

    @Test func `what is larger than a frame travels in sealed memory, a snapshot always does`() async throws {
        let wire = try Wire()
        let large = [UInt8](repeating: 7, count: 3_000_000)
        try wire.left.send(Snapshot(revision: 1, document: [1, 2]))
        try wire.left.send(
            Returned(
                number: 1, connection: MessageExamples.connection, reason: .load, consumedBefore: 0, written: 0,
                received: large))
        try wire.left.send(Ack(through: 3))
        try await wire.wait { wire.received.count == 3 }
        let snapshot = try wire.received[0].decode(Snapshot.self)
        let returned = try wire.received[1].decode(Returned.self)
        let isWhole = snapshot.document == [1, 2] && returned.received == large
        #expect(isWhole)
        #expect(wire.left.queuedBytes == 0)
    }

    @Test func `unknown kinds and foreign majors are skipped and counted, but for the three fixed kinds`() async throws
    {
        let (a, b) = try Self.pair(.sequencedPackets)
        var kinds: [MessageKind] = []
        let channel = try Channel(FileDescriptor(owning: b), onMessage: { kinds.append($0.kind) }, onEnd: {})
        var foreignDrain = MessageExamples.frame(of: Drain(millisecondsLeft: 1, reason: .version))
        foreignDrain[0] = ProtocolVersion.major + 1
        var foreignAck = MessageExamples.frame(of: Ack(through: 1))
        foreignAck[0] = ProtocolVersion.major + 1
        let frame =
            [ProtocolVersion.major, 200, 0, 0, 2, 0, 0, 0, 9, 9] + foreignDrain + foreignAck
            + MessageExamples.frame(of: Ack(through: 2))
        _ = try frame.withUnsafeBytes { try SocketIO.sendMessage(a, $0) }
        defer { close(a) }
        for _ in 0..<100 where kinds.count < 2 { try await Task.sleep(for: .milliseconds(1)) }
        #expect(kinds == [.drain, .ack])
        #expect(channel.skippedMessages == 2)
    }

    @Test(
        "a malformed frame ends the channel and says why",
        arguments: [
            ([ProtocolVersion.major, 25, 0, 0, 8, 0, 0], IPCError.truncated(needed: 4, available: 3)),
            ([ProtocolVersion.major, 25, 0, 0, 8, 0, 0, 0, 1], IPCError.truncated(needed: 8, available: 1)),
            ([ProtocolVersion.major, 17, 1, 0, 0, 0, 0, 0], IPCError.descriptorCount(expected: 1, found: 0)),
            ([ProtocolVersion.major, 16, 0, 1, 1, 0, 0, 0], IPCError.descriptorCount(expected: 1, found: 0)),
        ] as [([UInt8], IPCError)])
    func malformed(frame: [UInt8], error: IPCError) async throws {
        let (a, b) = try Self.pair(.sequencedPackets)
        var hasEnded = false
        let channel = try Channel(FileDescriptor(owning: b), onMessage: { _ in }, onEnd: { hasEnded = true })
        _ = try frame.withUnsafeBytes { try SocketIO.sendMessage(a, $0) }
        defer { close(a) }
        for _ in 0..<100 where !hasEnded { try await Task.sleep(for: .milliseconds(1)) }
        #expect(channel.failure == error)
    }

    @Test func `an account that came before is not read again, and is read when its bytes are others`() async throws {
        let wire = try Wire()
        func account(_ token: String) -> AccountTerms { AccountTerms(id: "a", credential: Secret(token)) }
        for (number, token) in [(1, "old"), (1, "old"), (2, "old"), (1, "new"), (1, "old")] as [(UInt32, String)] {
            let lease = LeaseTerms(
                leaseID: "l", accountNumber: number, account: account(token), upstreamModel: "m",
                totalMillisecondsLeft: 1)
            try wire.left.send(LeaseGrant(requestID: "r", attempt: 1, lease: lease))
        }
        try await wire.wait { wire.received.count == 5 }
        let accounts = try wire.received.map { try $0.decode(LeaseGrant.self).lease.account }
        #expect(accounts.map(\.credential.value) == ["old", "old", "old", "new", "old"])
        #expect(accounts[0] === accounts[1] && accounts[0] !== accounts[2] && accounts[0] == accounts[2])
        #expect(accounts[3] != accounts[1])
    }

    @Test func `what a peer sent before it died is delivered before its end is`() async throws {
        let wire = try Wire()
        try wire.right.send(Ack(through: 1))
        try wire.left.send(Ack(through: 2))
        wire.left.flush()
        wire.left.close()
        try await wire.wait { wire.hasEnded }
        #expect(wire.received.map(\.kind) == [.ack])
        #expect(throws: IPCError.peerGone) { try wire.right.send(Ack(through: 3)) }
    }

    @Test func `a full queue drops log records oldest first, refuses new work and keeps what must travel`() async throws
    {
        let (a, b) = try Self.pair(.sequencedPackets)
        let channel = try Channel(FileDescriptor(owning: a), onMessage: { _ in }, onEnd: {})
        let record = MessageExamples.record(responseBody: [UInt8](repeating: 1, count: 100_000))
        for number in 1...100 {
            try channel.send(ExchangeEnd(number: UInt64(number), requestID: "r", record: record))
        }
        #expect(channel.droppedRecords > 10 && channel.queuedBytes <= IPCLimits.queueSizeMaxBytes)
        let big = [UInt8](repeating: 0, count: 150_000)
        let handoff = Handoff(
            connection: MessageExamples.connection, peer: "", isPeerLoopback: true, received: big)
        var handed = 0
        while handed < 200, (try? channel.send(handoff)) != nil { handed += 1 }
        #expect(handed < 100 && channel.isFull == (channel.queuedBytes >= IPCLimits.queueSizeMaxBytes))
        try channel.send(Closed(number: 101, connections: [MessageExamples.connection]))
        // The peer reads: everything that was accepted arrives, in order, each end of an exchange included.
        let raw = RawEnd(b)
        var kinds: [UInt8: Int] = [:]
        for _ in 0..<5000 where channel.queuedBytes > 0 || kinds[MessageKind.closed.rawValue] == nil {
            while let frame = try raw.frame() {
                var reader = FrameReader(frame)
                while reader.remaining > 0 {
                    let header = try FrameHeader(decoding: &reader)
                    try reader.skip(header.lengthInFrame)
                    kinds[header.kind, default: 0] += 1
                }
            }
            try await Task.sleep(for: .milliseconds(1))
        }
        #expect(
            kinds == [
                MessageKind.exchangeEnd.rawValue: 100, MessageKind.handoff.rawValue: handed,
                MessageKind.closed.rawValue: 1,
            ])
    }
}
