import JSON
import Testing

@testable import Translation

/// JSON texts that pass through.
@Suite struct RawJSONTests {
    private func member(_ name: String, of text: String) throws -> RawJSON {
        RawJSON(try #require(JSONDocument(parsing: Array(text.utf8)).root.member(name)))
    }

    @Test(arguments: [
        (#"{"a":{"b": [1, 2.50]},"c":1}"#, #"{"b": [1, 2.50]}"#),
        (#"{"a" : "\u00e9\n" }"#, #""\u00e9\n""#),
        // Between tokens a line break would end an event; inside a string there is none.
        ("{\"a\":{\n  \"b\": [1,\r\n2]\n},\n\"c\":1}", #"{"b":[1,2]}"#),
    ])
    func `a subtree is kept as it is spelled, on one line`(text: String, expected: String) throws {
        let json = try member("a", of: text)
        #expect(String(decoding: json.bytes, as: UTF8.self) == expected)
        #expect(json.array == Array(json.bytes) && json.byteCount == expected.utf8.count)
    }

    @Test func `a whole text is not copied`() throws {
        let document = try JSONDocument(parsing: Array(#"{"a":1}"#.utf8))
        let json = RawJSON(document.root)
        let places = [RawJSON(document.root).array, json.array].map { $0.withUnsafeBufferPointer(\.baseAddress) }
        #expect(places[0] == places[1])
    }

    @Test func `equal means spelled alike, wherever it stands`() throws {
        let one = try member("a", of: #"{"a":{"b":1}}"#)
        #expect(try one == member("a", of: #"{"c":[],"a":{"b":1},"d":2}"#))
        #expect(one == RawJSON(bytes: Array(#"{"b":1}"#.utf8)))
        #expect(try one != member("a", of: #"{"a":{"b": 1}}"#))
        #expect(try one != member("a", of: #"{"a":{"b":2}}"#))
    }
}
