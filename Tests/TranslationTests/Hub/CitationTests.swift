import JSON
import Testing

@testable import Translation

/// Places of citations: the upstream counts bytes, the clients characters.
@Suite struct CitationTests {
    /// `aé👋b`: one, two, four bytes and one.
    @Test(arguments: [
        (0..<1, 0..<1), (0..<3, 0..<2), (1..<3, 1..<2), (3..<7, 2..<3), (7..<8, 3..<4), (0..<8, 0..<4),
        // Inside a character: before it, at both ends.
        (0..<2, 0..<1), (2..<3, 1..<2), (4..<7, 2..<3), (0..<5, 0..<2), (4..<5, 2..<2),
        // Behind the text: its end.
        (7..<99, 3..<4), (50..<99, 4..<4),
    ])
    func `a stretch in bytes becomes one in code points`(bytes: Range<Int>, codePoints: Range<Int>) {
        var grounding = Grounding()
        grounding.sources = [.init(uri: "u", title: "t")]
        grounding.supports = [.init(byteRange: bytes, sourceIndices: [0, 1])]
        let citations = Citation.all(of: grounding, text: Array(JSONString("a\u{E9}\u{1F44B}b").escaped))
        // Sources that are not there are left out.
        #expect(citations.map(\.range) == [codePoints])
    }
}
