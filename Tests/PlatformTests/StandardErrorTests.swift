import CPlatform
import Glibc
import Testing

@testable import Platform

@Suite struct StandardErrorTests {
    /// In a process of its own, which ends itself when a line is waited for.
    @Test(arguments: [40, 1500, 5000])
    func `a line that nobody takes is lost at once, and the next is written when there is room`(size: Int) async {
        await #expect(processExitsWith: .success) { [size] in
            alarm(20)
            let pipe = try pipe()
            let line = String(repeating: "ä", count: size / 2)
            var written = 0
            while StandardError.write(line, to: pipe.writer), written < 100_000 { written += 1 }
            #expect(written > 8 && written < 100_000, "lines until the pipe was full")
            #expect(!StandardError.write(line, to: pipe.writer), "still full")
            #expect(fcntl(pipe.writer, F_GETFL) & O_NONBLOCK == 0, "others write to it as before")
            let length = min(line.utf8.count + 1, StandardError.lineSizeMaxBytes)
            let (taken, isWhole) = drain(pipe.reader)
            #expect(isWhole && abs(taken - written * length) <= 2 * written, "whole lines")
            #expect(StandardError.write(line, to: pipe.writer), "room again")
        }
    }

    @Test func `a reader that is gone is no fault`() throws {
        signal(SIGPIPE, SIG_IGN)
        let pipe = try pipe()
        close(pipe.reader)
        #expect(!StandardError.write("line", to: pipe.writer))
        close(pipe.writer)
        #expect(!StandardError.write("line", to: -1))
    }

    @Test func `a file gets every line, a long one cut between two characters`() throws {
        var name = Array("/tmp/antigravity-lines-XXXXXX".utf8CString)
        let file = mkstemp(&name)
        try #require(file >= 0)
        unlink(name)
        defer { close(file) }
        for length in [0, 10, 4095, 4096, 4097, 9000] {
            for letter in ["x", "é", "€"] {
                ftruncate(file, 0)
                lseek(file, 0, SEEK_SET)
                let line = String(repeating: letter, count: length)
                #expect(StandardError.write(line, to: file))
                var room = [UInt8](repeating: 0, count: 10_000)
                let count = pread(file, &room, room.count, 0)
                let text = String(decoding: room[..<count], as: UTF8.self)
                let isWhole = line.utf8.count < StandardError.lineSizeMaxBytes
                #expect(count <= StandardError.lineSizeMaxBytes && text.hasSuffix(isWhole ? line + "\n" : "...\n"))
                #expect(!text.contains("\u{fffd}"))
            }
        }
    }
}

private func pipe() throws -> (reader: CInt, writer: CInt) {
    var ends: [CInt] = [-1, -1]
    try #require(platform_pipe_cloexec(&ends) == 0)
    return (ends[0], ends[1])
}

/// All that is in a pipe, and whether it ends with a line's end.
private func drain(_ reader: CInt) -> (byteCount: Int, isWhole: Bool) {
    _ = fcntl(reader, F_SETFL, O_NONBLOCK)
    var room = [UInt8](repeating: 0, count: 1 << 20)
    var total = 0
    var last: UInt8 = 0
    while case let count = read(reader, &room, room.count), count > 0 {
        total += count
        last = room[count - 1]
    }
    return (total, last == UInt8(ascii: "\n"))
}
