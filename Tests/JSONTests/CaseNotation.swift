import Foundation
import Testing

/// The notation of the fixture files: one case a line, `~XX` for a byte, `~{N:text}` for a repetition.
enum CaseNotation {
    /// The lines of a fixture that are neither empty nor comments.
    static func lines(of fixture: String) -> [String] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(fixture)")
        guard let text = try? String(contentsOf: file, encoding: .utf8) else {
            Issue.record("fixture \(fixture) cannot be read")
            return []
        }
        return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init)
    }

    static func bytes(_ notation: some StringProtocol) -> [UInt8] {
        var result: [UInt8] = []
        var rest = Array(notation.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "~") else {
                result.append(byte)
                continue
            }
            if rest.first == UInt8(ascii: "{"), let colon = rest.firstIndex(of: UInt8(ascii: ":")),
                let close = rest[(colon + 2)...].firstIndex(of: UInt8(ascii: "}"))
            {
                let times = Int(String(decoding: rest[(rest.startIndex + 1)..<colon], as: UTF8.self)) ?? 0
                let piece = bytes(String(decoding: rest[(colon + 1)..<close], as: UTF8.self))
                for _ in 0..<times { result += piece }
                rest = rest[(close + 1)...]
            } else {
                result.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
                rest = rest.dropFirst(2)
            }
        }
        return result
    }
}
