import IPC
import Platform
import Testing

@testable import Worker

/// What the worker owes a supervisor that does not read.
@MainActor struct OutboxTests {
    @Test func `no further request is read while the channel is full, and it is when there is room`() async throws {
        let pair = try SocketIO.pair(.sequencedPackets)
        let supervisor = pair.second
        let channel = try Channel(pair.first, onMessage: { _ in }, onEnd: {})
        let outbox = Outbox(channel: channel)
        await outbox.room()
        while !channel.isFull {
            outbox.send(
                Returned(
                    number: 0, connection: ConnectionID(slot: 0, generation: 1), reason: .drain, consumedBefore: 0,
                    written: 0, received: [UInt8](repeating: 0, count: 60_000)))
        }
        var hasRoom = false
        let waiting = Task {
            await outbox.room()
            hasRoom = true
        }
        try await Task.sleep(for: .milliseconds(20))
        #expect(!hasRoom)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 8)
        defer { buffer.deallocate() }
        while !hasRoom {
            var descriptors: [CInt] = []
            _ = try SocketIO.receiveMessage(supervisor.raw, into: buffer, descriptors: &descriptors)
            await Task.yield()
        }
        await waiting.value
        #expect(!channel.isFull)
        channel.close()
    }
}
