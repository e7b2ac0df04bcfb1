import JSON
import Testing

@Suite struct JSONValueTests {
    @Test func `an object keeps order and duplicates until a member is set`() throws {
        var object = try #require(JSONValue(parsing: Array(#"{"b":1,"a":2,"b":3}"#.utf8)).object)
        #expect(object["b"] == 3 && object["a"] == 2 && object["c"] == nil && object.count == 3)
        object["b"] = 4
        object["c"] = "new"
        #expect(object == ["b": 4, "a": 2, "c": "new"] && object != ["a": 2, "b": 4, "c": "new"])
        object["a"] = nil
        object.append("b", .null)
        object.remove("b")
        #expect(object == ["c": "new"])
        var value: JSONValue = 1
        value["x"] = [true, 1.5, ["y": .null]]
        value["x"]?["ignored"] = nil
        #expect(String(decoding: value.serialized, as: UTF8.self) == #"{"x":[true,1.5,{"y":null}]}"#)
    }

    @Test func `what is written reads back as it was, numbers to the letter`() throws {
        let text = #"{"z":[1.0,-0,1e400,12345678901234567890,"\\\"\u0000é\n/"],"a":{},"z":[],"":[[]]}"#
        let value = try JSONValue(parsing: Array(text.utf8))
        #expect(String(decoding: value.serialized, as: UTF8.self) == text)
        #expect(try JSONValue(parsing: value.serialized) == value)
        #expect(
            JSONValue.double(.infinity).isNull && JSONValue.double(0.1) == .number("0.1") && JSONValue.int(-5).int == -5
        )
    }
}
