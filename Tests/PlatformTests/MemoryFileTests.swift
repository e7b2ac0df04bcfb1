import Glibc
import Platform
import Testing

@Suite struct MemoryFileTests {
    @Test func `both sides see the same memory and neither can resize it`() throws {
        let ours = try MemoryFile.create(name: "ledger", size: 8192)
        let theirs = try MemoryFile(adopting: ours.descriptor.duplicate(), expectedSize: 8192)
        let (here, there) = (try ours.map(writable: true), try theirs.map(writable: true))
        check(here.count, 8192, "size")
        here[4000] = 7
        check(there[4000], 7, "seen")
        check(ftruncate(ours.descriptor.raw, 100), -1, "shrink")
        check(ftruncate(ours.descriptor.raw, 10000), -1, "grow")
    }

    @Test(arguments: [0, 1, 100_000])
    func `what is written once stays as it is`(size: Int) throws {
        let content = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
        let file = try MemoryFile.writeOnce(name: "snapshot", content)
        let reader = try MemoryFile(adopting: file.descriptor.duplicate(), sizeMaxBytes: 1 << 20)
        check(try reader.bytes(), content, "content")
        check(pwrite(reader.descriptor.raw, "x", 1, 0), -1, "write")
    }

    @Test func `memory that its maker could pull away, or of another size, is not taken`() throws {
        let file = try MemoryFile.create(name: "ledger", size: 4096)
        #expect(throws: SystemError.self) {
            _ = try MemoryFile(adopting: file.descriptor.duplicate(), expectedSize: 8192)
        }
        #expect(throws: SystemError.self) {
            _ = try MemoryFile(adopting: file.descriptor.duplicate(), sizeMaxBytes: 100)
        }
        let pair = try SocketIO.pair(.stream)
        #expect(throws: SystemError.self) { _ = try MemoryFile(adopting: pair.first.duplicate()) }
    }
}
