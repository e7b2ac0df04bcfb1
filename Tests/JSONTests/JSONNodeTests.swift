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
        #expect(nested[2]["c"]?.text == JSONString(escaped: Array(#"x\ny"#.utf8)))
        #expect(root.members.map { $0.name.string ?? "" } == ["a", "b", "a", "bb", ""])
        #expect(root.value().serialized == Array(#"{"a":1,"b":[true,null,{"c":"x\ny"}],"a":2,"bb":3,"":4}"#.utf8))
    }

    @Test func `names are compared whole, however they are spelled`() throws {
        let long = "a_rather_long_member_name"
        let text =
            "{\"\(long)\":1,\"\(long)_\":2,\"a_rather_long_member_nam\":3,\"a_rather_lon\\u0067_member_nam\":4,\"é\":\"k\\u0065y\"}"
        let root = try JSONDocument(parsing: Array(text.utf8)).root
        #expect(root["a_rather_long_member_name"]?.int == 1 && root["a_rather_long_member_name_"]?.int == 2)
        #expect(root["a_rather_long_member_nam"]?.int == 4 && root.member("a_rather_long_member_nam")?.int == 4)
        #expect(root["a_rather"] == nil && root["e\u{301}"] == nil && root["é"]?.equals("key") == true)
        #expect(root["é"]?.equals("keys") == false && root["é"]?.equals("kéy") == false)
    }

    @Test func `every member is found among others and alone, and none in a neighbour`() throws {
        let names: [StaticString] = [
            "", "a", "n", "id", "top", "text", "model", "stream", "content", "messages", "top_logprobs", "é", "日本語",
            "presence_penalty", "max_completion_tokens", "a name of more than thirty-two bytes",
        ]
        let all = names.enumerated().map { "\"\($1)\":\($0)" }.joined(separator: ",")
        let together = try JSONDocument(parsing: Array("{\"first\":{\"inner\":{}},\(all),\"none\":{}}".utf8)).root
        for (number, name) in names.enumerated() {
            let alone = try JSONDocument(parsing: Array("[{\"\(name)\":{\"inner\":0}},{},\"x\"]".utf8)).root.elements
            let objects = Array(alone)
            #expect(together[name]?.int == number && objects[0][name]?["inner"]?.int == 0, "\(name)")
            #expect(objects[0]["inner"] == nil && objects[0][name]?[name] == nil && objects[1][name] == nil, "\(name)")
            #expect(objects[2][name] == nil && together["first"]?[name] == nil && together["none"]?[name] == nil)
        }
        #expect(together["inner"] == nil && together["first"]?["inner"]?.count == 0)
    }

    @Test func `every value and every name knows its path`() throws {
        let text = #"{"a":[[0,{"b c":1}],{"d":{}}],"e":2,"":3}"#
        let root = try JSONDocument(parsing: Array(text.utf8)).root
        var paths: [String] = []
        func visit(_ node: JSONNode) {
            paths.append(node.path)
            for element in node.elements { visit(element) }
            for (name, value) in node.members {
                #expect(name.path == value.path)
                visit(value)
            }
        }
        visit(root)
        #expect(
            paths == [
                "", "a", "a[0]", "a[0][0]", "a[0][1]", #"a[0][1]["b c"]"#, "a[1]", "a[1].d", "e", #"[""]"#,
            ])
    }
}
