import Testing

@testable import Worker

@MainActor @Suite struct BodyRoomTests {
    @Test func `bodies share half of what the worker may have`() {
        let room = BodyRoom(softMemoryLimitBytes: 96 << 20)
        #expect(room.sizeMaxBytes == 48 << 20)
        #expect(room.take(40 << 20) && !room.take((8 << 20) + 1) && room.take(8 << 20))
        #expect(room.takenBytes == 48 << 20)
        room.giveBack(40 << 20)
        #expect(!room.take(.max) && room.take(40 << 20))
    }
}
