import JSON
import Testing

@Suite struct JSONWriterTests {
    @Test func `commas and colons stand where they belong`() throws {
        let document = try JSONDocument(parsing: Array(#"{"k": [1.0, 2]}"#.utf8))
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("a", 1)
        writer.name("b")
        writer.beginArray()
        writer.int(-120)
        writer.beginObject()
        writer.endObject()
        writer.beginString()
        writer.appendContent("q\"")
        writer.appendContent(JSONString("\u{1}"))
        writer.endString()
        writer.raw(Array("[]".utf8))
        writer.number(text: "1e9")
        writer.endArray()
        writer.field("c", document.root)
        writer.field("d", ["x": .null, "y": [1, 2.5, true]] as JSONValue)
        writer.field("e", literal: "constant")
        writer.field("f", "te\"xt")
        writer.field("g", JSONString("te\"xt"))
        writer.field("h", false)
        writer.endObject()
        let expected =
            #"{"a":1,"b":[-120,{},"q\"\u0001",[],1e9],"c":{"k": [1.0, 2]},"d":{"x":null,"y":[1,2.5,true]},"#
            + #""e":"constant","f":"te\"xt","g":"te\"xt","h":false}"#
        #expect(String(decoding: writer.bytes, as: UTF8.self) == expected)
    }

    @Test func `integers are spelled to the last digit`() {
        for value in [0, 1, 9, 10, 99, 100, 1_234_567_890, -1, -10, .max, .min, .min + 1] {
            var writer = JSONWriter()
            writer.int(value)
            #expect(String(decoding: writer.bytes, as: UTF8.self) == "\(value)")
        }
    }

    @Test func `constant tokens in one step get the commas that they would get one by one`() {
        var writer = JSONWriter()
        writer.tokens(#"{"a":[{"b":"#)
        writer.int(1)
        writer.tokens(#""c":{}"#)
        writer.tokens("}]")
        writer.field("d", "e")
        writer.tokens(#""f":"g-"#)
        writer.appendContent("h")
        writer.endString()
        writer.tokens(#""i":true"#)
        writer.tokens(#""j":["#)
        writer.null()
        writer.tokens("]}")
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == #"{"a":[{"b":1,"c":{}}],"d":"e","f":"g-h","i":true,"j":[null]}"#)
    }

    @Test func `texts of every length are escaped where they must be, wherever in them that is`() {
        let escapes: [(plain: String, spelled: String)] = [
            ("\"", #"\""#), ("\\", #"\\"#), ("\n", #"\n"#), ("\u{1}", #"\u0001"#), ("é", "é"), ("\u{7F}", "\u{7F}"),
            ("\u{10FFFF}", "\u{10FFFF}"),
        ]
        for count in 0...40 {
            let plain = String(repeating: "a", count: count)
            #expect(written(plain) == "[\"\(plain)\"]")
            for place in 0...count {
                let (head, tail) = (plain.prefix(place), plain.dropFirst(place))
                for escape in escapes {
                    #expect(written(head + escape.plain + tail) == "[\"\(head)\(escape.spelled)\(tail)\"]")
                }
            }
        }
    }

    private func written(_ text: some StringProtocol) -> String {
        var writer = JSONWriter()
        writer.beginArray()
        writer.string(String(text))
        writer.endArray()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test func `a copy of a subtree is verbatim, and one line when the text is broken into lines`() throws {
        let flat = #"{"a": {"x" :1.50,"x":"\u00e9 \ud800"} }"#
        #expect(try copy(of: "a", in: flat) == #"{"x" :1.50,"x":"\u00e9 \ud800"}"#)
        let broken = "{\n  \"a\": [\r\n\t\"one \\\" two\\\\\", \"é\" , {\"k\": -0.0}\n] }"
        #expect(try copy(of: "a", in: broken) == #"["one \" two\\","é",{"k":-0.0}]"#)
    }

    @Test func `a text is written behind what is there already`() {
        var output = Array("data: ".utf8)
        for number in 1...2 {
            JSONWriter.append(to: &output) { writer in
                writer.beginArray()
                writer.int(number)
                writer.endArray()
            }
        }
        #expect(output == Array("data: [1][2]".utf8))
    }

    private func copy(of name: String, in text: String) throws -> String {
        let document = try JSONDocument(parsing: Array(text.utf8))
        var writer = JSONWriter()
        writer.node(try #require(document.root.member(name)))
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
