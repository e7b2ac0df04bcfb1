import Foundation
import JSON
import Testing

/// Random damage to good texts: nothing traps, every layer gives the verdict of the reference, and what is accepted
/// survives copying and rewriting. The seed is fixed; `JSON_FUZZ_ROUNDS` asks for more rounds.
@Suite struct FuzzTests {
    @Test func `damaged texts never trap and every layer agrees about them`() {
        var random = SplitMix64(state: 0x5EED)
        let rounds = ProcessInfo.processInfo.environment["JSON_FUZZ_ROUNDS"].flatMap(Int.init) ?? 6000
        let seeds = VerdictTests.Case.all.map(\.text).filter { $0.count < 400 }
        var accepted = 0
        for _ in 0..<rounds {
            var text =
                Bool.random(using: &random)
                ? RandomText.make(using: &random) : seeds.randomElement(using: &random) ?? []
            for _ in 0..<Int.random(in: 0...3, using: &random) { damage(&text, seeds, using: &random) }
            if survives(text) { accepted += 1 }
        }
        #expect(accepted > rounds / 10 && accepted < rounds * 9 / 10, "\(accepted)")
    }

    private func damage(_ text: inout [UInt8], _ seeds: [[UInt8]], using random: inout SplitMix64) {
        let place = Int.random(in: 0...text.count, using: &random)
        let other = Int.random(in: 0...text.count, using: &random)
        let slice = min(place, other)..<max(place, other)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: text.insert("\"\\{}[],:0-e.\n\0\u{80}tu".utf8.randomElement(using: &random) ?? 0, at: place)
        case 1: text.removeSubrange(slice.prefix(3))
        case 2: text = Array(text.prefix(place))
        case 3: text.insert(contentsOf: text[slice].prefix(40), at: place)
        case 4: text.insert(contentsOf: (seeds.randomElement(using: &random) ?? []).prefix(60), at: place)
        default: if place < text.count { text[place] ^= 1 << UInt8.random(in: 0..<8, using: &random) }
        }
    }

    /// Whether the text is accepted; records whatever disagrees.
    private func survives(_ text: [UInt8]) -> Bool {
        let isJSON = ReferenceRecognizer.accepts(text)
        do throws(JSONError) {
            let document = try JSONDocument(parsing: text)
            let tree = try JSONValue(parsing: text)
            var writer = JSONWriter()
            writer.node(document.root)
            let copy = try JSONValue(parsing: writer.bytes)
            let rewritten = try JSONValue(parsing: tree.serialized)
            if !isJSON || copy != tree || rewritten != tree {
                complain(text, "accepted, copies differ or reference refuses")
            }
            walk(document.root)
            return true
        } catch {
            if isJSON || error.offset > text.count { complain(text, error.description) }
            return false
        }
    }

    /// Reads everything that can be read of a subtree.
    private func walk(_ node: JSONNode) {
        _ = (node.path, node.int, node.double, node.string, node.text, node["a"], node.member("a"))
        for element in node.elements { walk(element) }
        for (name, value) in node.members {
            if node.member(name.string ?? "") == nil { complain(node.document(), "a name is not found") }
            walk(value)
        }
    }

    private func complain(_ text: [UInt8], _ what: String) {
        Issue.record("\(what): \(String(decoding: text, as: UTF8.self).debugDescription)")
    }
}

extension JSONNode {
    fileprivate func document() -> [UInt8] { withRawBytes { Array($0) } }
}
