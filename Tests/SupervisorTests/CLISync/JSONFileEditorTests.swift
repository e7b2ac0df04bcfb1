import JSON
import Testing

@testable import Supervisor

/// The editor of the clients' JSON files, on texts alone.
@Suite struct JSONFileEditorTests {
    private static let patch = JSONPatch.members([
        ("env", .members([("URL", .set("u")), ("OLD", .remove)])), ("done", .set(true)),
    ])

    private static func apply(_ text: String, _ patch: JSONPatch = patch) throws -> String {
        String(decoding: try JSONFileEditor.apply(patch, to: Array(text.utf8)), as: UTF8.self)
    }

    static let fresh = "{\n  \"env\": {\n    \"URL\": \"u\"\n  },\n  \"done\": true\n}"

    @Test(arguments: [
        ("", fresh + "\n"), (" \n", fresh + "\n"), ("{}", fresh), ("{\"env\":null}\n", fresh + "\n"),
        (
            #"{"z":1.50,"s":"\u0041\ud800\/","done":false,"l":[1,{},[]],"env":{"OLD":1,"URL":"x","k":{}}}"#,
            """
            {
              "z": 1.50,
              "s": "\\u0041\\ud800\\/",
              "done": true,
              "l": [
                1,
                {},
                []
              ],
              "env": {
                "URL": "u",
                "k": {}
              }
            }
            """
        ),
        // Of a member given twice the last counts, and one is left.
        (
            #"{"done":1,"x":0,"done":2,"x":1}"#,
            "{\n  \"done\": true,\n  \"x\": 0,\n  \"x\": 1,\n  \"env\": {\n    \"URL\": \"u\"\n  }\n}"
        ),
    ])
    func `members are set and everything else keeps its order and spelling`(before: String, after: String) throws {
        let once = try Self.apply(before)
        #expect(once == after)
        #expect(try Self.apply(once) == once, "a second time nothing changes")
    }

    @Test func `what is already as wanted keeps its bytes`() throws {
        let text = "{ \"done\" :true,\n\t\"env\":{\"URL\":\"\\u0075\"}}  "
        #expect(try Self.apply(text) == text)
    }

    @Test func `nothing is made of what is only removed`() throws {
        #expect(try Self.apply(#"{"a":1}"#, .members([("env", .members([("OLD", .remove)]))])) == #"{"a":1}"#)
        #expect(
            try Self.apply(#"{"env":{"OLD":1}}"#, .members([("env", .members([("OLD", .remove)]))]))
                == "{\n  \"env\": {}\n}")
    }

    @Test(arguments: ["{", "[]", "1", "null1", #"{"env":[]}"#, #"{"env":"x"}"#, "// c\n{}", "{\"a\":1,}", "\u{FEFF}{}"])
    func `what is not understood is refused`(text: String) {
        #expect(throws: CLIFileFault.self) { try Self.apply(text) }
    }
}
