import CPlatform
import Glibc

/// The way of a log line out of the process. Nobody waits there: the descriptor blocks, since other programs share its
/// description, so a line is written only when the kernel takes it at once.
enum StandardError {
    /// What a pipe with room takes in one piece, which keeps lines of several processes apart (pipe(7), `PIPE_BUF`). Longer lines
    /// are cut.
    static let lineSizeMaxBytes = 4096

    /// - Parameter line: without the line feed at its end.
    /// - Returns: false if the reader is behind or gone; then nothing is written.
    static func write(_ line: String, to descriptor: CInt = 2) -> Bool {
        let bytes = bytes(of: line)
        return platform_write_at_once(descriptor, bytes, bytes.count) == bytes.count
    }

    private static func bytes(of line: String) -> [UInt8] {
        var bytes = Array(line.utf8)
        if bytes.count >= lineSizeMaxBytes {
            let mark = "..."
            var end = lineSizeMaxBytes - 1 - mark.utf8.count
            // Not within a character.
            while bytes[end] & 0xc0 == 0x80 { end -= 1 }
            bytes.replaceSubrange(end..., with: mark.utf8)
        }
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }
}
