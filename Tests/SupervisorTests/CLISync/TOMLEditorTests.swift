import Testing

@testable import Supervisor

/// The editor of Codex's configuration, on texts alone.
@Suite struct TOMLEditorTests {
    private static let edits = [
        TOMLEdit(table: [], key: "model_provider", value: .text("custom")),
        TOMLEdit(table: ["model_providers", "custom"], key: "base_url", value: .text("http://h/v1")),
        TOMLEdit(table: ["model_providers", "custom"], key: "requires_openai_auth", value: .flag(true)),
    ]

    private static func apply(_ text: String) throws -> String {
        String(decoding: try TOMLEditor.apply(edits, to: Array(text.utf8)), as: UTF8.self)
    }

    static let table = """
        [model_providers.custom]
        base_url = "http://h/v1"
        requires_openai_auth = true

        """

    nonisolated struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let before: String
        let after: String
        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "empty", before: "", after: "model_provider = \"custom\"\n\n" + table),
        Case(
            name: "comments and other keys stay",
            before: "# mine\nmodel = \"gpt\" # good\n\n[tui]\ntheme = 'dark'\n",
            after: "# mine\nmodel = \"gpt\" # good\nmodel_provider = \"custom\"\n\n[tui]\ntheme = 'dark'\n\n" + table),
        Case(
            name: "only tables: the key goes before them",
            before: "[tui]\nmodel_provider = \"x\"",
            after: "model_provider = \"custom\"\n[tui]\nmodel_provider = \"x\"\n\n" + table),
        Case(
            name: "values are replaced in place, with what stands behind them",
            before:
                "model_provider   =  'openai'  # was\n[ model_providers . \"custom\" ] # t\nbase_url=\"old\"#c\nx = 1\n[z]\n",
            after:
                "model_provider   =  \"custom\"  # was\n[ model_providers . \"custom\" ] # t\nbase_url=\"http://h/v1\"#c\nx = 1\n"
                + "requires_openai_auth = true\n[z]\n"),
        Case(
            name: "a value spelled otherwise is the same value",
            before: "model_provider = 'custom'\n[model_providers.custom]\nbase_url = \"http:\\u002F/h/v1\"\n",
            after: "model_provider = 'custom'\n[model_providers.custom]\nbase_url = \"http:\\u002F/h/v1\"\n"
                + "requires_openai_auth = true\n"),
        Case(
            name: "strings and arrays of several lines hide nothing",
            before:
                "a = \"\"\"\n[model_providers.custom]\nmodel_provider = 1 \\\"\"\"\"\"\"\nb = [ # x\n '[z]', {c = 1},\n]\n",
            after:
                "a = \"\"\"\n[model_providers.custom]\nmodel_provider = 1 \\\"\"\"\"\"\"\nb = [ # x\n '[z]', {c = 1},\n]\n"
                + "model_provider = \"custom\"\n\n" + table),
        Case(
            name: "lines that end as on Windows",
            before:
                "model = 1\r\n[model_providers.custom]\r\nbase_url = \"http://h/v1\"\r\nrequires_openai_auth = false",
            after:
                "model = 1\r\nmodel_provider = \"custom\"\r\n[model_providers.custom]\r\nbase_url = \"http://h/v1\"\r\n"
                + "requires_openai_auth = true"),
        Case(
            name: "a table below ours without ours",
            before: "[model_providers.custom.http_headers]\nA = 'b'\n[[profiles]]\nmodel_provider.x = 2\n",
            after: "model_provider = \"custom\"\n[model_providers.custom.http_headers]\nA = 'b'\n[[profiles]]\n"
                + "model_provider.x = 2\n\n" + table),
        Case(
            name: "every kind of value",
            before:
                "a = 1979-05-27 07:32:00Z\nb = -inf\nc = +1_0.5e-3\nd = 0xFF\ne = 07:32:00.5\nf = { g.h = [1, 2], \"i j\" = {} }\n",
            after:
                "a = 1979-05-27 07:32:00Z\nb = -inf\nc = +1_0.5e-3\nd = 0xFF\ne = 07:32:00.5\nf = { g.h = [1, 2], \"i j\" = {} }\n"
                + "model_provider = \"custom\"\n\n" + table),
    ]

    @Test(arguments: cases)
    func `keys are set and everything else keeps its bytes`(_ sample: Case) throws {
        let once = try Self.apply(sample.before)
        #expect(once == sample.after)
        #expect(try Self.apply(once) == once, "a second time nothing changes")
    }

    @Test(arguments: [
        "model_provider = \"a\"\nmodel_provider = \"b\"\n", "[model_provider]\n", "model_provider.x = 1\n",
        "model_providers = { custom = { base_url = \"x\" } }\n", "[model_providers]\ncustom = { base_url = \"x\" }\n",
        "[model_providers]\ncustom.base_url = \"x\"\n", "model_providers.custom.base_url = \"x\"\n",
        "[[model_providers]]\n", "[[model_providers.custom]]\nbase_url = \"x\"\n",
        "[model_providers.custom]\n[model_providers.custom]\n",
        "[model_providers.custom]\nbase_url = 1\nbase_url = 2\n",
        "[model_providers.custom.base_url]\n", "[model_providers.custom]\nbase_url.x = 1\n",
        "a = \"open\n", "a = '''open\n", "a = [1, 2\n", "a = {\nb = 1 }\n", "a\n", "a = \n", "a = 1 b = 2\n", "= 1\n",
        "[a\n",
        "[[a]\n", "a = truth\n", "a = 1\r", "a = \"\u{1}\"\n", "\u{FEFF}a = 1\n", "a = \"\\", "\"a\\u0062\" = 1\n",
        "a = " + String(repeating: "[", count: 65), "a = \"\"\"\\",
    ])
    func `a text that cannot be changed for certain is refused`(text: String) {
        #expect(throws: CLIFileFault.self) { try Self.apply(text) }
    }

    @Test func `a text that is no UTF-8 is refused`() {
        #expect(throws: CLIFileFault.self) { try TOMLEditor.apply(Self.edits, to: [0x61, 0x3D, 0x22, 0xFF, 0x22]) }
    }

    /// Whatever a cut leaves: an answer or a refusal, and what is written can be read again.
    @Test(arguments: cases)
    func `a text cut anywhere is changed soundly or refused`(_ sample: Case) throws {
        let whole = Array(sample.before.utf8)
        for count in 0..<whole.count {
            guard let changed = try? TOMLEditor.apply(Self.edits, to: Array(whole[..<count])) else { continue }
            #expect(try TOMLEditor.text(at: ["model_provider"], in: changed) == "custom")
            #expect(try TOMLEditor.text(at: ["model_providers", "custom", "base_url"], in: changed) == "http://h/v1")
        }
    }

    @Test(arguments: [
        ("a = 'x'", "x"), ("[t]\na = 'x'", nil), ("a = 1", nil), ("a = \"\\t\\\"\\u00e4\\U0001F600\"", "\t\"ä😀"),
        ("a = \"\"\"x\"\"\"", nil), ("[[a]]\na = 'x'", nil), ("a = \"\\q\"", nil),
    ])
    func `a key's text is read`(text: String, value: String?) throws {
        #expect(try TOMLEditor.text(at: ["a"], in: Array(text.utf8)) == value)
    }

    @Test func `a text is written so that it reads back`() {
        for text in ["", "a\"b\\c", "\u{1}\n\u{7F}ä"] {
            #expect(TOMLText.decoded(TOMLText.quoted(text)[...]) == text)
        }
    }
}
