import JSON
import Testing

@testable import Translation

/// How signatures are packed for the store, and what tells one call from another.
@Suite struct PackedSignatureTests {
    static let family = SignatureFamily(name: "claude")
    static let key = PackedKey(space: 0, bytes: [1])
    static let entries: [KnownSignatures.Entry] = [
        .init(signature: "S", family: family),
        .init(signature: "", family: family, call: CallMark(name: "é", argumentsDigest: [1, 2])),
        .init(
            signature: "S", family: family, call: CallMark(name: "a", argumentsDigest: []),
            thinking: Thinking(text: "", signature: "T")),
    ]

    @Test("an entry comes out of its packing as it went in", arguments: entries.indices)
    func roundTrip(index: Int) throws {
        let packed = try #require(PackedSignature(Self.key, Self.entries[index]))
        #expect(packed.entry(family: Self.family) == Self.entries[index])
    }

    @Test("a packing that is cut, or of another version, is no entry", arguments: entries.indices)
    func damaged(index: Int) throws {
        let packed = try #require(PackedSignature(Self.key, Self.entries[index]))
        for length in 0..<packed.value.count {
            let cut = PackedSignature(key: Self.key, value: Array(packed.value.prefix(length)))
            #expect(cut.entry(family: Self.family) == nil)
        }
        let later = PackedSignature(key: Self.key, value: [99] + packed.value.dropFirst())
        #expect(later.entry(family: Self.family) == nil)
    }

    @Test(
        "arguments are the same however a client writes them anew",
        arguments: [
            #"{"a":1,"b":[{"c":"é"},null]}"#, #"{ "b": [ {"c": "\u00e9"}, null ], "a": 1.0 }"#,
            #"{"b":[{"c":"é"},null],"a":10e-1}"#,
        ])
    func sameArguments(text: String) {
        let call = ToolCall(
            id: "c", name: "f", arguments: RawJSON(bytes: Array(#"{"a":1,"b":[{"c":"é"},null]}"#.utf8)))
        #expect(CallMark(call).marks(ToolCall(id: "d", name: "f", arguments: RawJSON(bytes: Array(text.utf8)))))
    }

    @Test(
        "another function or other arguments are another call",
        arguments: [
            ("g", #"{"a":1}"#), ("f", #"{"a":2}"#), ("f", #"{"a":"1"}"#), ("f", #"{"a":1,"b":1}"#), ("f", "{}"),
            ("f", "no JSON"),
        ])
    func otherCall(name: String, arguments: String) {
        let mark = CallMark(ToolCall(id: "c", name: "f", arguments: RawJSON(bytes: Array(#"{"a":1}"#.utf8))))
        #expect(!mark.marks(ToolCall(id: "c", name: name, arguments: RawJSON(bytes: Array(arguments.utf8)))))
    }

    @Test func `an identifier that we never issue has no key`() {
        for id in ["", String(repeating: "x", count: 257)] {
            #expect(PackedKey(.call(id), family: Self.family, scope: nil) == nil)
        }
        #expect(PackedKey(.text([1]), family: Self.family, scope: nil) == nil)
    }
}
