import JSON
import Testing

@Suite struct JSONNodeTests {
    @Test func `members are found by name, the last duplicate wins`() throws {
        let document = try JSONDocument(
            parsing: Array(#"{"a":1,"b":[true,null,{"c":"x\ny"}],"a":2,"\u0062b":3,"":4}"#.utf8))
        let root = document.root
        #expect(root["a"]?.int == 2 && root["bb"]?.int == 3 && root[""]?.int == 4 && root["zz"] == nil)
        #expect(root.count == 5 && root["b"]?.count == 3)
        let nested = root["b"].map { Array($0.elements) } ?? []
        #expect(nested.count == 3 && nested[0].bool == true && nested[1].isNull)
        #expect(nested[2]["c"]?.string == "x\ny" && nested[2]["c"]?.path == "b[2].c")
        #expect(nested[2]["c"]?.text?.escaped == Array(#"x\ny"#.utf8))
        #expect(root.members.map { $0.name.string ?? "" } == ["a", "b", "a", "bb", ""])
        #expect(root.value().serialized == Array(#"{"a":1,"b":[true,null,{"c":"x\ny"}],"a":2,"bb":3,"":4}"#.utf8))
    }

    @Test func `the writer puts commas where they belong`() throws {
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
        writer.endArray()
        writer.field("c", document.root)
        writer.field("d", ["x": .null, "y": [1, 2.5, true]] as JSONValue)
        writer.endObject()
        let expected = #"{"a":1,"b":[-120,{},"q\"\u0001"],"c":{"k": [1.0, 2]},"d":{"x":null,"y":[1,2.5,true]}}"#
        #expect(String(decoding: writer.bytes, as: UTF8.self) == expected)
    }
}
