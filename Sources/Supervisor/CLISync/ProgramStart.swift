import Glibc
import Platform

/// What has to be executed for a path: the file itself, or, for a script, the interpreter that its first line names. The
/// kernel would do the same, but not for a program that is held open by a descriptor.
nonisolated struct ProgramStart: Sendable, Equatable {
    let executable: String
    /// With the program's own name in front.
    let arguments: [String]

    /// The kernel reads no more of the first line.
    static let lineSizeMaxBytes = 256

    /// - Returns: nil for what cannot be read, and for a script without an absolute interpreter.
    init?(_ path: String, arguments: [String]) {
        let file = FileDescriptor(owning: open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK))
        guard file.raw >= 0 else { return nil }
        var head = [UInt8](repeating: 0, count: Self.lineSizeMaxBytes)
        let count = head.withUnsafeMutableBytes { Glibc.read(file.raw, $0.baseAddress, $0.count) }
        self.init(path, arguments: arguments, head: Array(head.prefix(max(0, count))))
    }

    /// - Parameter head: the first bytes of the file.
    init?(_ path: String, arguments: [String], head: [UInt8]) {
        guard head.starts(with: "#!".utf8) else {
            executable = path
            self.arguments = [path] + arguments
            return
        }
        let line = String(decoding: head.dropFirst(2).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self).trimmed
        let words = line.split(maxSplits: 1) { $0 == " " || $0 == "\t" }.map(\.trimmed)
        guard let interpreter = words.first, interpreter.hasPrefix("/") else { return nil }
        executable = interpreter
        self.arguments = words + [path] + arguments
    }
}
