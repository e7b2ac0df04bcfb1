import Glibc
import Platform
import Testing

@MainActor @Suite struct SocketIOTests {
    private func receive(_ fd: CInt) throws -> (IOResult, [CInt]) {
        var descriptors: [CInt] = []
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256, alignment: 8)
        defer { buffer.deallocate() }
        let result = try SocketIO.receiveMessage(fd, into: buffer, descriptors: &descriptors)
        return (result, descriptors)
    }

    private func send(_ fd: CInt, _ text: String, _ descriptors: [CInt] = []) throws -> IOResult {
        let half = text.utf8.count / 2
        let bytes = Array(text.utf8)
        return try bytes.withUnsafeBytes { all in
            try SocketIO.sendMessage(
                fd, UnsafeRawBufferPointer(rebasing: all[..<half]), UnsafeRawBufferPointer(rebasing: all[half...]),
                descriptors: descriptors)
        }
    }

    @Test(arguments: [1, 2, 64])
    func `descriptors travel with their message, close-on-exec, and work`(count: Int) throws {
        let pair = try SocketIO.pair(.sequencedPackets)
        let file = try MemoryFile.writeOnce(name: "test", Array("content".utf8))
        let sent = [CInt](repeating: file.descriptor.raw, count: count)
        check(try send(pair.first.raw, "first", sent), .bytes(5), "sent")
        check(try send(pair.first.raw, "second!"), .bytes(7), "sent")
        let (result, received) = try receive(pair.second.raw)
        check(result, .bytes(5), "first message")
        check(received.count, count, "descriptors")
        for raw in received {
            check(fcntl(raw, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC, "close-on-exec")
            var text = [UInt8](repeating: 0, count: 7)
            check(pread(raw, &text, 7, 0), 7, "readable")
            check(text, Array("content".utf8), "content")
            close(raw)
        }
        let (second, none) = try receive(pair.second.raw)
        check(second, .bytes(7), "second message")
        check(none, [], "its descriptors")
        check(try receive(pair.second.raw).0, .wouldBlock, "nothing more")
    }

    @Test func `a message too long for the buffer is an error and leaks no descriptor`() throws {
        let pair = try SocketIO.pair(.sequencedPackets)
        let before = try #require(ProcessFacts.openDescriptorCount())
        _ = try send(pair.first.raw, String(repeating: "x", count: 300), [0, 0])
        #expect(throws: SystemError(call: "recvmsg", errno: EMSGSIZE)) { try receive(pair.second.raw) }
        check(ProcessFacts.openDescriptorCount(), before, "descriptors")
    }

    @Test func `a full socket and a gone peer are told apart`() throws {
        let pair = try SocketIO.pair(.stream)
        let block = [UInt8](repeating: 1, count: 65536)
        var result = IOResult.end
        repeat {
            result = try block.withUnsafeBytes { try SocketIO.send(pair.first.raw, $0) }
        } while result != .wouldBlock
        SocketIO.shutdownBoth(pair.second.raw)
        #expect(throws: SystemError(call: "send", errno: EPIPE)) {
            try block.withUnsafeBytes { try SocketIO.send(pair.first.raw, $0) }
        }
        check(try receive(pair.first.raw).0, .end, "the end")
    }

    @Test func `a descriptor is closed with its owner unless released`() throws {
        let pair = try SocketIO.pair(.stream)
        var numbers: [CInt] = []
        do {
            let owned = try pair.first.duplicate()
            numbers.append(owned.raw)
            numbers.append(try pair.first.duplicate().release())
        }
        check(fcntl(numbers[0], F_GETFD), -1, "owned")
        check(fcntl(numbers[1], F_GETFD), FD_CLOEXEC, "released")
        close(numbers[1])
    }
}
