import JSON
import Testing

@testable import Translation

@Suite struct ToolTests {
    struct Row: CustomTestStringConvertible {
        var schema: String
        var arguments: String
        var repaired: String
        var isClaude = false
        var testDescription: String { arguments + " by " + schema }
    }

    private static func object(_ properties: String, required: String = "") -> String {
        #"{"type":"object","properties":{\#(properties)},"required":[\#(required)]}"#
    }

    static let rows = [
        Row(schema: object(#""n":{"type":"integer"}"#), arguments: #"{"n":"12"}"#, repaired: #"{"n":12}"#),
        Row(schema: object(#""n":{"type":"integer"}"#), arguments: #"{"n":"012"}"#, repaired: #"{"n":"012"}"#),
        Row(schema: object(#""n":{"type":"integer"}"#), arguments: #"{"n":"1.5"}"#, repaired: #"{"n":"1.5"}"#),
        Row(schema: object(#""n":{"type":"number"}"#), arguments: #"{"n":"1.5"}"#, repaired: #"{"n":1.5}"#),
        Row(schema: object(#""n":{"type":"number"}"#), arguments: #"{"n":3}"#, repaired: #"{"n":3}"#),
        Row(schema: object(#""n":{"type":"number"}"#), arguments: #"{"n":"3 apples"}"#, repaired: #"{"n":"3 apples"}"#),
        Row(schema: object(#""b":{"type":"boolean"}"#), arguments: #"{"b":"true"}"#, repaired: #"{"b":true}"#),
        Row(
            schema: object(#""s":{"type":"string"}"#), arguments: #"{"s":12345678901234567890}"#,
            repaired: #"{"s":"12345678901234567890"}"#),
        Row(schema: object(#""s":{"type":"string"}"#), arguments: #"{"s":false}"#, repaired: #"{"s":"false"}"#),
        Row(schema: object(#""s":{"type":["string","number"]}"#), arguments: #"{"s":7}"#, repaired: #"{"s":7}"#),
        Row(
            schema: object(#""s":{"anyOf":[{"type":"string"},{"type":"null"}]}"#), arguments: #"{"s":null}"#,
            repaired: #"{"s":null}"#),
        Row(schema: object(#""s":{}"#), arguments: #"{"s":[1]}"#, repaired: #"{"s":[1]}"#),
        Row(
            schema: object(#""l":{"type":"array","items":{"type":"integer"}}"#), arguments: #"{"l":"[1,\"2\"]"}"#,
            repaired: #"{"l":[1,2]}"#),
        Row(
            schema: object(#""o":{"type":"object","properties":{"a":{"type":"boolean"}}}"#),
            arguments: #"{"o":"{\"a\":\"false\"}"}"#, repaired: #"{"o":{"a":false}}"#),
        Row(
            schema: object(#""path":{"type":"string"}"#, required: #""path""#), arguments: #"{"file_path":"/a"}"#,
            repaired: #"{"path":"/a"}"#),
        Row(
            schema: object(#""file_path":{"type":"string"}"#, required: #""file_path""#), arguments: #"{"path":"/a"}"#,
            repaired: #"{"file_path":"/a"}"#),
        Row(
            schema: object(#""path":{"type":"string"}"#, required: #""path""#), arguments: #"{"paths":["/a","/b"]}"#,
            repaired: #"{"path":"/a"}"#),
        Row(
            schema: object(#""path":{"type":"string"}"#), arguments: #"{"file_path":"/a"}"#,
            repaired: #"{"file_path":"/a"}"#),
        Row(
            schema: object(#""path":{},"a":{}"#, required: #""path","a""#), arguments: #"{"file_path":"/a"}"#,
            repaired: #"{"file_path":"/a"}"#),
        Row(
            schema: object(#""command":{}"#, required: #""command""#), arguments: #"{"cmd":"ls"}"#,
            repaired: #"{"command":"ls"}"#),
        Row(schema: "", arguments: #"{"_":""}"#, repaired: "{}"),
        Row(schema: #"{"type":"object","properties":{}}"#, arguments: #"{"x":1}"#, repaired: "{}"),
        Row(schema: #"{"type":"object","additionalProperties":true}"#, arguments: #"{"x":1}"#, repaired: #"{"x":1}"#),
        Row(
            schema: object(#""o":{"type":"object"}"#), arguments: #"{"o":{"_":""}}"#, repaired: #"{"o":{}}"#,
            isClaude: true),
        Row(
            schema: object(#""_":{"type":"string"}"#), arguments: #"{"_":"mine"}"#, repaired: #"{"_":"mine"}"#,
            isClaude: true),
        // The placeholder in a tuple, beside what may not be there, and where a schema comes round to itself.
        Row(
            schema: object(#""t":{"type":"array","prefixItems":[{"type":"object"}]}"#),
            arguments: #"{"t":[{"_":""},{"_":"."}]}"#, repaired: #"{"t":[{},{}]}"#, isClaude: true),
        Row(schema: object(#""z":false"#), arguments: #"{"_":""}"#, repaired: "{}", isClaude: true),
        Row(
            schema:
                ##"{"$ref":"#/$defs/N","$defs":{"N":{"type":"object","properties":{"n":{"type":"array","items":{"$ref":"#/$defs/N"}}}}}}"##,
            arguments: #"{"n":[{"n":[{"_":""}]}]}"#, repaired: #"{"n":[{"n":[{}]}]}"#, isClaude: true),
        Row(
            schema: object(#""o":{"type":"object"}"#), arguments: #"{"o":{"_":""}}"#, repaired: #"{"o":{"_":""}}"#),
        // Nothing is declared, however it is said.
        Row(schema: "{}", arguments: #"{"value":"go"}"#, repaired: "{}"),
        Row(schema: #"{"type":null,"properties":null}"#, arguments: #"{"value":"go"}"#, repaired: "{}"),
        Row(schema: #"{"additionalProperties":false}"#, arguments: #"{"value":"go"}"#, repaired: "{}"),
        Row(schema: #"{"properties":{"n":{"type":"integer"}}}"#, arguments: #"{"n":"1"}"#, repaired: #"{"n":1}"#),
        // Behind compositions.
        Row(
            schema: object(#""o":{"anyOf":[\#(object(#""x":{"type":"integer"}"#)),{"type":"null"}]}"#),
            arguments: #"{"o":{"x":"1"}}"#, repaired: #"{"o":{"x":1}}"#),
        Row(
            schema: object(
                #""o":{"allOf":[\#(object(#""x":{"type":"integer"}"#)),\#(object(#""y":{"type":"integer"}"#))]}"#),
            arguments: #"{"o":{"x":"1","y":"2"}}"#, repaired: #"{"o":{"x":1,"y":2}}"#),
        Row(
            schema: object(
                #""l":{"type":"array","items":{"anyOf":[\#(object(#""x":{"type":"integer"}"#)),{"type":"string"}]}}"#),
            arguments: #"{"l":[{"x":"1"},"2"]}"#, repaired: #"{"l":[{"x":1},"2"]}"#),
        Row(
            schema: object(
                #""o":{"anyOf":[\#(object(#""x":{"type":"integer"}"#)),\#(object(#""x":{"type":"string"}"#))]}"#),
            arguments: #"{"o":{"x":"1"}}"#, repaired: #"{"o":{"x":"1"}}"#),
        Row(
            schema: #"{"type":"array","items":{"type":"string"}}"#, arguments: #"{"value":["a"]}"#, repaired: #"["a"]"#),
        Row(
            schema:
                ##"{"$ref":"#/$defs/A","$defs":{"A":{"type":"object","properties":{"n":{"$ref":"#/$defs/N"}}},"N":{"type":"integer"}}}"##,
            arguments: #"{"n":"5"}"#, repaired: #"{"n":5}"#),
        Row(
            schema: object(#""a":{"type":"string"}"#), arguments: #"{ "a" : "\u00e9", "b":1.0 , "c":{"$ref":"z"}}"#,
            repaired: #"{ "a" : "\u00e9", "b":1.0 , "c":{"$ref":"z"}}"#),
    ]

    @Test(arguments: rows)
    func `arguments are repaired by the declared schema and otherwise left alone`(row: Row) throws {
        let repair = ArgumentRepair(schema: Array(row.schema.utf8), removesPlaceholder: row.isClaude)
        let arguments = try JSONDocument(parsing: Array(row.arguments.utf8))
        #expect(String(decoding: repair.repair(arguments.root).bytes, as: UTF8.self) == row.repaired)
    }

    @Test func `repair stands any schema and any arguments`() throws {
        var random = Seeded(3)
        for _ in 0..<3000 {
            let schema = random.json(depth: 5, vocabulary: SchemaCleanerTests.vocabulary)
            let arguments = random.json(depth: 5, vocabulary: SchemaCleanerTests.vocabulary)
            let document = try JSONDocument(parsing: arguments.serialized)
            let repair = ArgumentRepair(schema: schema.serialized, removesPlaceholder: random.chance(50))
            _ = try JSONValue(parsing: repair.repair(document.root).array)
        }
    }

    @Test func `safe names are fit, unique, lead back, and do not depend on later names`() {
        var random = Seeded(5)
        let pieces = ["a", "B", ".", "_", "-", "9", "é", "👋", " ", "tool", "/", String(repeating: "x", count: 40)]
        for _ in 0..<500 {
            let all = (0..<12).map { _ in (0...random.below(4)).map { _ in random.pick(pieces) }.joined() }
            let tools = Array(all.prefix(6))
            let early = ToolNames(declared: tools)
            let names = ToolNames(declared: tools, called: Array(all.dropFirst(6)))
            #expect(tools.map { names.safeName(of: $0) } == tools.map { early.safeName(of: $0) })
            var seen: [String: String] = [:]
            for name in all {
                let safe = names.safeName(of: name)
                let isFit = safe.wholeMatch(of: #/[A-Za-z_][A-Za-z0-9_-]{0,63}/#) != nil
                #expect(isFit && seen[safe, default: name] == name && names.originalName(of: safe) == name)
                seen[safe] = name
            }
        }
    }

    @Test func `a name that differs only in case or separators is that tool's`() {
        let names = ToolNames(declared: ["get_time", "read.file", "readfile"])
        #expect(names.originalName(of: "GetTime") == "get_time")
        #expect(names.originalName(of: "Read_File") == "Read_File", "two tools could be meant")
        #expect(names.originalName(of: "other") == "other")
    }

    @Test(arguments: [[], ["un.fit"]])
    func `a name that the history called stays what it is, however like a tool's`(others: [String]) {
        let names = ToolNames(declared: ["get_time"] + others, called: ["GetTime", "get-time"])
        #expect(names.originalName(of: "GetTime") == "GetTime")
        #expect(names.originalName(of: "get-time") == "get-time")
        #expect(names.originalName(of: "GETTIME") == "get_time")
    }
}
