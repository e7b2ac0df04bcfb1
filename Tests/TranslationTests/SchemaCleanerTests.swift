import JSON
import Testing

@testable import Translation

@Suite struct SchemaCleanerTests {
    static let vocabulary = [
        "type", "properties", "required", "items", "enum", "const", "anyOf", "oneOf", "allOf", "$ref", "$defs", "A",
        "a",
        "description", "title", "nullable", "format", "default", "minLength", "additionalProperties", "not", "then",
        "if",
        "prefixItems", "string", "object", "array", "null", "integer", "number", "any", "value", "_",
    ]

    @Test(arguments: [SchemaCleaner.Dialect.gemini, .claude], [SchemaCleaner.Position.parameters, .response])
    func `any JSON is cleaned into a schema that is its own`(
        dialect: SchemaCleaner.Dialect, position: SchemaCleaner.Position
    ) throws {
        var random = Seeded(7)
        for round in 0..<4000 {
            var schema = random.json(depth: 7, vocabulary: Self.vocabulary)
            if random.chance(50) { schema["type"] = random.chance(50) ? "object" : nil }
            if random.chance(60) { schema["properties"] = random.json(depth: 6, vocabulary: Self.vocabulary) }
            if random.chance(60) { schema["$defs"] = ["A": random.json(depth: 4, vocabulary: Self.vocabulary)] }
            let once = SchemaCleaner.clean(schema, dialect: dialect, position: position)
            let twice = SchemaCleaner.clean(once, dialect: dialect, position: position)
            if once != twice {
                Issue.record("round \(round): \(text(schema)) -> \(text(once)) -> \(text(twice))")
                return
            }
            guard position == .parameters else { continue }
            do {
                try SchemaRules(isClaude: dialect == .claude).check(once)
            } catch {
                Issue.record("round \(round): \(error) in \(text(schema)) -> \(text(once))")
                return
            }
        }
    }

    @Test(arguments: [
        "{}", #"{"$schema":"http://json-schema.org/draft-07/schema#"}"#, #"{"type":null,"properties":null}"#,
        #"{"type":"null"}"#, #"{"additionalProperties":false}"#, #"{"required":["a"]}"#, #"{"properties":{}}"#,
    ])
    func `parameters that do not say what they are are an object`(schema: String) throws {
        let cleaned = SchemaCleaner.clean(try JSONValue(parsing: Array(schema.utf8)), dialect: .gemini)
        #expect(cleaned == ["type": "object", "properties": [:]])
        let claude = SchemaCleaner.clean(try JSONValue(parsing: Array(schema.utf8)), dialect: .claude)
        #expect(claude["properties"]?.object?.members.map(\.name) == ["_"])
    }

    @Test func `an object within that names no property is no text`() {
        let cleaned = SchemaCleaner.clean(["properties": ["o": ["properties": [:]]]], dialect: .gemini)
        #expect(cleaned["properties"]?["o"]?["type"] == "object")
    }

    @Test func `what stands beside a reference wins over its target`() {
        let schema: JSONValue = [
            "type": "object",
            "$defs": ["Place": ["type": "string", "description": "Any place.", "enum": ["a", "b"]]],
            "properties": ["at": ["$ref": "#/$defs/Place", "description": "Where to.", "enum": ["a"]]],
        ]
        let cleaned = SchemaCleaner.clean(schema, dialect: .gemini)
        #expect(cleaned["properties"]?["at"] == ["type": "string", "description": "Where to.", "enum": ["a"]])
    }

    @Test(arguments: [SchemaCleaner.Dialect.gemini, .claude])
    func `nesting and references that multiply come to an end`(dialect: SchemaCleaner.Dialect) throws {
        var deep: JSONValue = ["type": "string"]
        for level in 0..<200 {
            deep = level % 2 == 0 ? ["type": "array", "items": deep] : ["type": "object", "properties": ["a": deep]]
        }
        var empty: JSONValue = ["type": "object"]
        for _ in 0..<24 { empty = ["type": "object", "properties": ["a": empty]] }
        var definitions = JSONObject()
        for level in 0..<23 {
            let next: JSONValue = ["$ref": .string("#/$defs/D\(level + 1)")]
            definitions.append("D\(level)", ["type": "object", "properties": ["a": next, "b": next, "c": next]])
        }
        definitions.append("D23", ["type": "string"])
        let multiplying: JSONValue = ["$ref": "#/$defs/D0", "$defs": .object(definitions)]
        var alternatives: JSONValue = ["$ref": "#/$defs/D0"]
        for _ in 0..<30 { alternatives = ["allOf": [alternatives, alternatives]] }
        alternatives["$defs"] = .object(definitions)
        for schema in [deep, empty, multiplying, alternatives] {
            let clock = ContinuousClock()
            var once: JSONValue = .null
            let time = clock.measure { once = SchemaCleaner.clean(schema, dialect: dialect) }
            #expect(time < .seconds(5))
            #expect(SchemaCleaner.clean(once, dialect: dialect) == once)
            try SchemaRules(isClaude: dialect == .claude).check(once)
        }
    }

    @Test func `a reference cycle is cut where it closes`() throws {
        let reference: JSONValue = ["$ref": "#/$defs/N"]
        let node: JSONValue = [
            "type": "object", "properties": ["next": reference, "all": ["type": "array", "items": reference]],
        ]
        let schema: JSONValue = ["$ref": "#/$defs/N", "$defs": ["N": node]]
        let cut: JSONValue = ["type": "object", "description": "N"]
        #expect(
            SchemaCleaner.clean(schema, dialect: .gemini)
                == ["type": "object", "properties": ["next": cut, "all": ["type": "array", "items": cut]]])
    }

    private func text(_ value: JSONValue) -> String { String(decoding: value.serialized, as: UTF8.self) }
}
