import Foundation
import IPC
import Testing

/// The bytes of every message are a contract with processes that are already running. A changed fixture means a new minor
/// (fields appended, new kinds) or a new major (anything else). `make golden` rewrites the fixtures.
struct GoldenFrameTests {
    @Test("a message has the bytes its fixture shows, and reads back to the same", arguments: MessageKind.allCases)
    func golden(kind: MessageKind) throws {
        let message = try #require(MessageExamples.all.first { type(of: $0).kind == kind })
        let frame = MessageExamples.frame(of: message)
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Fixtures/\(kind).hex")
        if ProcessInfo.processInfo.environment["ANTIGRAVITY_GOLDEN"] == "rewrite" {
            try Data(Self.hexLines(frame).utf8).write(to: file)
        }
        let expected = try String(contentsOf: file, encoding: .utf8)
        let reencoded = try MessageExamples.reencoded(message)
        #expect(Self.hexLines(frame) == expected && reencoded == frame, "\(FrameDescription(frame))")
    }

    private static func hexLines(_ bytes: [UInt8]) -> String {
        stride(from: 0, to: bytes.count, by: 32).map { start in
            bytes[start..<min(start + 32, bytes.count)].map { String(format: "%02x", $0) }.joined() + "\n"
        }.joined()
    }
}
