import Testing

@testable import JSON

/// Strings are read and decoded many bytes at a time: what stands at, before and behind the end of a block is read like anything
/// else. The first block begins with the first escape sequence, so one stands in front.
struct StringBlockTests {
    @Test func `runs of backslashes end a string or not by their number, wherever they stand`() throws {
        for before in 0...130 {
            for count in 0...9 {
                for behind in ["", "x", String(repeating: "y", count: 180)] {
                    let text = Self.quoted(before, String(repeating: "\\", count: count), behind)
                    // An odd number of them takes the closing quote, or the letter behind them, for its own.
                    let isValid = count % 2 == 0
                    let decoded = try? JSONDocument(parsing: text).root.string
                    let expected = Self.plain(before) + String(repeating: "\\", count: count / 2) + behind
                    #expect(decoded == (isValid ? expected : nil), "\(before) \(count) \(behind.count)")
                }
            }
        }
    }

    @Test(arguments: [
        (#"\n"#, "\n"), (#"\t"#, "\t"), (#"\r"#, "\r"), (#"\b"#, "\u{8}"), (#"\f"#, "\u{C}"), (#"\/"#, "/"),
        (#"\""#, "\""), (#"\\"#, "\\"), (#"\u0041"#, "A"), (#"\ud83d\ude00"#, "😀"), (#"\ud800"#, "\u{FFFD}"),
        ("é", "é"), ("👋", "👋"), (#"\\\"\\n"#, #"\"\n"#),
        (#"\n\n\n\n\n\n\n\n\n\n\n\n"#, String(repeating: "\n", count: 12)),
    ])
    func `every sequence means the same wherever it stands`(spelled: String, meaning: String) throws {
        for before in 0...130 {
            for behind in ["", "x", String(repeating: "y", count: 180)] {
                let root = try JSONDocument(parsing: Self.quoted(before, spelled, behind)).root
                let expected = Self.plain(before) + meaning + behind
                #expect(root.string == expected, "\(before) \(behind.count)")
                #expect(root.text?.decodedBytes(escapedSizeMaxBytes: .max) == Array(expected.utf8))
            }
        }
    }

    @Test(arguments: [
        (#"\x"#, JSONError.Reason.invalidEscape, 0), (#"\u00g0"#, .invalidEscape, 0), ("\\\u{1}", .invalidEscape, 0),
        (#"\n\\\q"#, .invalidEscape, 4), ("\u{1}", .controlCharacter, 0), ("\u{1F}", .controlCharacter, 0),
        ("\n", .controlCharacter, 0),
    ])
    func `an error is told at its place wherever it stands`(
        spelled: String, reason: JSONError.Reason, offset: Int
    ) throws {
        for before in 0...130 {
            for behind in ["", String(repeating: "y", count: 180)] {
                let error = #expect(throws: JSONError.self) {
                    try JSONDocument(parsing: Self.quoted(before, spelled, behind))
                }
                #expect(error?.reason == reason && error?.offset == 3 + before + offset, "\(before) \(behind.count)")
            }
        }
    }

    private static func plain(_ count: Int) -> String { "\n" + String(repeating: "a", count: count) }

    private static func quoted(_ before: Int, _ spelled: String, _ behind: String) -> [UInt8] {
        Array("\"\\n\(String(repeating: "a", count: before))\(spelled)\(behind)\"".utf8)
    }
}
