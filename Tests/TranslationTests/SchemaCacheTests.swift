import Digest
import JSON
import Testing

@testable import Translation

struct SchemaCacheTests {
    @Test func `schemas whose texts fold alike are told apart`() throws {
        var cache = SchemaCache(fold: { _ in 1 })
        for type in ["string", "integer", "string"] {
            let text = #"{"type":"object","properties":{"a":{"type":"\#(type)"}}}"#
            let schema = try JSONDocument(parsing: Array(text.utf8)).root
            let entry = cache.entry(for: schema, dialect: .gemini, position: .parameters)
            #expect(entry.original == Array(text.utf8))
            let cleaned = try JSONValue(parsing: entry.cleaned)
            #expect(cleaned["properties"]?["a"]?["type"]?.string?.lowercased() == type)
        }
        #expect(cache.count == 1)
    }

    @Test func `the same schema is cleaned for each dialect and place by itself, and once`() throws {
        var cache = SchemaCache()
        let schema = try JSONDocument(parsing: Array(#"{"type":"object"}"#.utf8)).root
        for _ in 0..<2 {
            for dialect in [SchemaCleaner.Dialect.gemini, .claude] {
                _ = cache.entry(for: schema, dialect: dialect, position: .parameters)
                _ = cache.entry(for: nil, dialect: dialect, position: .parameters)
            }
            _ = cache.entry(for: schema, dialect: .gemini, position: .response)
        }
        #expect(cache.count == 5)
    }

    @Test func `a full cache begins anew`() throws {
        var cache = SchemaCache()
        for number in 0...SchemaCache.entriesMax {
            let schema = try JSONDocument(parsing: Array(#"{"title":"\#(number)"}"#.utf8)).root
            _ = cache.entry(for: schema, dialect: .gemini, position: .parameters)
        }
        #expect(cache.count == 1)
        let text = #"{"description":"\#(String(repeating: "x", count: SchemaCache.sizeMaxBytes / 2))"}"#
        for dialect in [SchemaCleaner.Dialect.gemini, .claude] {
            let schema = try JSONDocument(parsing: Array(text.utf8)).root
            _ = cache.entry(for: schema, dialect: dialect, position: .parameters)
        }
        #expect(cache.count <= 1)
    }
}
