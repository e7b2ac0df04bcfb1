import JSON
import Testing

@testable import Sandbox

@Suite struct SmallPartsTests {
    static let texts: [(bytes: String, base64: String)] = [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ]

    /// RFC 4648, section 10.
    @Test(arguments: texts)
    func `base64 goes both ways`(bytes: String, base64: String) {
        check(Base64.encode(Array(bytes.utf8)), base64)
        check(Base64.decode(base64).map { String(decoding: $0, as: UTF8.self) }, bytes.isEmpty ? nil : bytes)
    }

    @Test func `signatures tell where they came from`() {
        let made = MadeSignature(model: "gemini-3.1-pro-high", functionName: "f")
        check(MadeSignature(made.text), made)
        check(made.family, "gemini-3.1")
        check(MadeSignature.family(of: "gemini-pro-agent"), "gemini-3")
        check(MadeSignature("AAAA"), nil)
        let claude = ClaudeSignature.make(thought: "hm")
        check(claude.hasPrefix("R"), true)
        check(ClaudeSignature.fits(claude, thought: "hm"), true)
        check(ClaudeSignature.fits(claude, thought: "ha"), false)
        check(ClaudeSignature.fits(Base64.encode([0x12, 1, 2, 3]), thought: "hm"), false)
        // Another server's thinking, encoded once more: nobody here can say that it is wrong.
        check(
            ClaudeSignature.fits(
                Base64.encode(Array(Base64.encode([0x12] + [UInt8](repeating: 7, count: 90)).utf8)), thought: "x"), true
        )
    }

    static let stamps: [(seconds: Int, text: String)] = [
        (0, "1970-01-01T00:00:00Z"), (951_782_400, "2000-02-29T00:00:00Z"), (1_772_341_201, "2026-03-01T05:00:01Z"),
        (4_102_444_799, "2099-12-31T23:59:59Z"),
    ]

    @Test(arguments: stamps)
    func `timestamps are RFC 3339`(seconds: Int, text: String) {
        check(ProtoTimestamp.rfc3339(unixSeconds: seconds), text)
    }

    static let lines: [(arguments: [String], error: String?)] = [
        ([], nil), (["--port", "0", "--pace=0", "--host", "::1"], nil), (["--port"], "--port needs a value"),
        (["--port", "70000"], "--port takes 0 to 65535"), (["--pace", "-1"], "--pace takes 0 to 60000 milliseconds"),
        (["--prot"], "unknown argument --prot"),
    ]

    @Test(arguments: lines)
    func `a wrong command line says what is wrong`(arguments: [String], error: String?) {
        do throws(SandboxOptions.WrongUsage) {
            _ = try SandboxOptions(arguments: arguments)
            check(error, nil)
        } catch {
            check(error.text, Self.lines.first { $0.arguments == arguments }?.error ?? "")
        }
    }

    @Test func `the help names every word, account and control call`() {
        let help = SandboxHelp.text
        let words =
            PromptMarkers.words.map(\.word) + SandboxAccount.Trait.allCases.map(\.rawValue)
            + SandboxService.controlCalls.map(\.call)
        for word in words where !help.contains(word) { Issue.record("no \(word) in the help") }
    }
}
