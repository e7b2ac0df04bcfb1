import Testing

@testable import Supervisor

/// The editor of `.env` files, on texts alone.
@Suite struct EnvironmentFileEditorTests {
    private static func apply(_ text: String, _ value: String?) throws -> String {
        String(
            decoding: try EnvironmentFileEditor.apply(
                [EnvironmentEdit(name: "KEY", value: value)], to: Array(text.utf8)),
            as: UTF8.self)
    }

    @Test(arguments: [
        ("", "KEY=v\n"), ("A=1", "A=1\nKEY=v\n"), ("A=1\r\n", "A=1\r\nKEY=v\r\n"),
        ("# KEY=x\n KEY = x # c\nB=2\n", "# KEY=x\n KEY=v\nB=2\n"),
        ("export KEY='x'\nKEYS=1\n", "export KEY=v\nKEYS=1\n"),
        ("KEY=x\nKEY=y\n", "KEY=v\nKEY=v\n"), ("KEY=\"a\nKEY=b\n\"\nC=1\n", "KEY=v\nC=1\n"),
        ("A='x\nKEY=1\n'\n", "A='x\nKEY=1\n'\nKEY=v\n"), ("KEY: x\n", "KEY=v\n"),
        ("KEY=x\r\nB=1\r\n", "KEY=v\r\nB=1\r\n"),
        ("A='\nB='x'\nKEY=1", "A='\nB='x'\nKEY=v"), ("KEY\n=\n", "KEY\n=\nKEY=v\n"),
        ("KEY= \"v\" # c\n", "KEY= \"v\" # c\n"),
    ])
    func `a variable is set in its line, and every other line stays`(before: String, after: String) throws {
        let once = try Self.apply(before, "v")
        #expect(once == after)
        #expect(try Self.apply(once, "v") == once, "a second time nothing changes")
        #expect(try EnvironmentFileEditor.value(of: "KEY", in: Array(once.utf8)) == "v")
    }

    @Test(arguments: [("", ""), ("KEY=1", ""), ("A=1\nKEY=1\nKEY=\"2\n3\"\nB=1", "A=1\nB=1"), ("#KEY=1\n", "#KEY=1\n")])
    func `a variable is removed with its lines`(before: String, after: String) throws {
        #expect(try Self.apply(before, nil) == after)
    }

    @Test(arguments: ["plain-._/:@%+=,~1", "with#hash", "with'quote", "back`tick", "a\"b$c\\n"])
    func `a value is written so that it reads back`(value: String) throws {
        let text = Array(try Self.apply("", value).utf8)
        #expect(try EnvironmentFileEditor.value(of: "KEY", in: text) == value)
    }

    @Test func `what cannot be read or written is refused`() {
        #expect(throws: CLIFileFault.self) { try Self.apply("", "a'b`c") }
        #expect(throws: CLIFileFault.self) { try Self.apply("A=\0", "v") }
        #expect(throws: CLIFileFault.self) {
            try EnvironmentFileEditor.apply([EnvironmentEdit(name: "KEY", value: "v")], to: [0xFF])
        }
    }
}
