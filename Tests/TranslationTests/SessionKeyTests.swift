import HTTP
import JSON
import Testing

@testable import Translation

@Suite struct SessionKeyTests {
    private func key(_ members: JSONValue, fields: [(String, String)] = [], apiKeyID: String = "k") throws
        -> SessionKey?
    {
        var body: JSONValue = ["model": "gemini-3-flash", "messages": [["role": "user", "content": "Hello there"]]]
        for member in members.object?.members ?? [] { body[member.name] = member.value }
        var list = HTTPFields()
        for (name, value) in fields { list.add(name, value) }
        return SessionKey.find(in: try DialectPath(body).request, fields: list, apiKeyID: apiKeyID)
    }

    private func messages(_ texts: String...) -> JSONValue {
        ["messages": .array(texts.map { ["role": "user", "content": .string($0)] })]
    }

    @Test func `an explicit name wins by its place, the others are aliases`() throws {
        let both: JSONValue = ["prompt_cache_key": "p", "conversation": ["id": "c"]]
        #expect(try key(both)?.text == "prompt_cache_key:p")
        #expect(try key(both)?.aliases == ["conversation:c"])
        #expect(try key(both, fields: [("x-session-id", " s ")])?.text == "header:s")
        #expect(try key(both, fields: [("x-claude-code-session-id", "cc"), ("session_id", "x")])?.text == "claude:cc")
        #expect(try key(both, fields: [("session_id", "x"), ("conversation_id", "y")])?.text == "codex:x")
        #expect(try key(both, fields: [("conversation_id", "y")])?.aliases == ["prompt_cache_key:p", "conversation:c"])
        #expect(try key(["session_id": "b", "user": "u"])?.text == "session_id:b")
        #expect(try key(["session_id": .string(String(repeating: "x", count: 257))])?.text.hasPrefix("ctx:") == true)
        #expect(try key(["session_id": "a\u{7}b"])?.text.hasPrefix("ctx:") == true)
    }

    @Test(arguments: [
        (#"{"device_id":"d","session_id":"0f3a-9"}"#, "user_id:0f3a-9"),
        ("user_0a1b_account__session_0f3a-9B", "user_id:0f3a-9B"),
        ("user_0a1b_account__session_", "ctx"), ("user_0a1b_account__session_xyz", "ctx"), ("user_0a1b", "ctx"),
        ("{broken", "ctx"), (#"{"user":"u"}"#, "ctx"),
    ])
    func `a user id is a conversation only where it holds one`(user: String, name: String) throws {
        let found = try key(["metadata": ["user_id": .string(user)], "session_id": .null])
        #expect(found?.text == name || found?.text.hasPrefix(name + ":") == true)
    }

    @Test func `a derived name holds through a conversation and tells keys apart`() throws {
        let first = try key(messages("Fix the bug"))
        #expect(first?.text.hasPrefix("ctx:") == true)
        #expect(try key(messages("Fix   the\nbug", "and now"))?.text == first?.text)
        #expect(try key(messages("<system-reminder>today</system-reminder> Fix the bug"))?.text == first?.text)
        #expect(try key(messages("hi", "Fix the bug"))?.text == first?.text, "too short to tell a conversation")
        #expect(try key(messages("Fix the bug"), apiKeyID: "other")?.text != first?.text)
        #expect(try key(messages("Fix the other bug"))?.text != first?.text)
        #expect(try key(messages("hi")) == nil)
    }

    @Test func `long and unclosed messages are read in one bounded pass`() {
        let long = Array(String(repeating: "ä ", count: 100_000).utf8)
        #expect(FirstUserText.canonical(long).count <= FirstUserText.sizeMaxBytes)
        #expect(String(validating: FirstUserText.canonical(long), as: UTF8.self) != nil)
        let unclosed = Array(String(repeating: "<system-reminder>", count: 20_000).utf8)
        #expect(FirstUserText.canonical(unclosed).count == FirstUserText.sizeMaxBytes)
    }

    @Test(
        arguments: [
            "plain words, many of them ", "  blank \n\t space ", "ä", "日本語 ", "a<b ",
            "<system-reminder>x</system-reminder>word ",
            "<system-reminder>never closed ",
        ])
    func `the beginning of a long message says what the whole says, or that it cannot tell`(piece: String) {
        let whole = Array(String(repeating: piece, count: 20_000 / piece.utf8.count).utf8)
        for count in 4_000..<4_400 {
            guard let found = FirstUserText.canonical(beginning: Array(whole.prefix(count))) else { continue }
            #expect(found == FirstUserText.canonical(whole), "of \(count) bytes")
        }
        let isTold = FirstUserText.canonical(beginning: Array(whole.prefix(15_000))) != nil
        #expect(isTold != piece.contains("<system-reminder>"))
    }

    @Test func `a reminder at the cut of a beginning is not taken for text`() {
        let text = Array((String(repeating: "w", count: 4_090) + "<system-reminder>day</system-reminder>and more").utf8)
        for count in 4_097..<4_200 {
            guard let found = FirstUserText.canonical(beginning: Array(text.prefix(count))) else { continue }
            #expect(found == FirstUserText.canonical(text))
        }
    }

    @Test func `the upstream's session is a number that does not show the client's name`() throws {
        let session = try #require(try key(["session_id": "secret-name"])).upstreamSessionID
        #expect(session.wholeMatch(of: #/-[0-9]{1,19}/#) != nil)
    }
}
