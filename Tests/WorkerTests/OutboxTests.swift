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
        // Until the socket takes nothing more either: otherwise the end of this turn would make room.
        repeat {
            while !channel.isFull {
                outbox.send(
                    Returned(
                        number: 0, connection: ConnectionID(slot: 0, generation: 1), reason: .drain, consumedBefore: 0,
                        written: 0, received: [UInt8](repeating: 0, count: 60_000)))
            }
            outbox.flush()
        } while !channel.isFull
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

    @Test func `numbers are common to everything that is numbered, and an acknowledgement frees reports`() async throws
    {
        let pair = try SocketIO.pair(.sequencedPackets)
        let supervisor = try Channel(pair.second, onMessage: { _ in }, onEnd: {})
        let channel = try Channel(pair.first, onMessage: { _ in }, onEnd: {})
        let outbox = Outbox(channel: channel)
        outbox.end(ExchangeEnd(number: 0, requestID: "a"))
        outbox.close(ConnectionID(slot: 1, generation: 1))
        outbox.flushClosed()
        outbox.end(ExchangeEnd(number: 0, requestID: "b"))
        #expect(outbox.unacknowledged.map(\.number) == [1, 3])
        outbox.receive(Ack(through: 2))
        #expect(outbox.unacknowledged.map(\.requestID) == ["b"])
        // What nobody reads any more is still owed.
        outbox.supervisorGone()
        outbox.end(ExchangeEnd(number: 0, requestID: "c"))
        #expect(outbox.unacknowledged.map(\.number) == [3, 4])
        channel.close()
        supervisor.close()
    }
}
