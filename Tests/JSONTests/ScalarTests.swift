import JSON
import Testing

@Suite struct ScalarTests {
    @Test func `a number is an int exactly when it is one`() throws {
        let table: [(String, Int?, Double?)] = [
            ("0", 0, 0), ("-0", 0, -0.0), ("-0.0", 0, -0.0), ("1", 1, 1), ("-17", -17, -17), ("1.0", 1, 1),
            ("1e2", 100, 100), ("1.5e1", 15, 15), ("150e-1", 15, 15), ("1.5", nil, 1.5), ("15e-1", nil, 1.5),
            ("0.000e99999999999999999999", 0, 0), ("0e-99999999999999999999", 0, 0), ("1e-1", nil, 0.1),
            ("9223372036854775807", .max, 0x1p63), ("9223372036854775808", nil, 0x1p63),
            ("-9223372036854775808", .min, -0x1p63), ("-9223372036854775809", nil, -0x1p63),
            ("9.223372036854775807e18", .max, 0x1p63), ("9.2233720368547758075e18", nil, 0x1p63),
            ("92233720368547758070e-1", .max, 0x1p63), ("1e18", 1_000_000_000_000_000_000, 1e18), ("1e19", nil, 1e19),
            ("1e400", nil, nil), ("-1e400", nil, nil), ("1e-400", nil, 0), ("1e99999999999999999999", nil, nil),
            ("1e-99999999999999999999", nil, 0), ("0.1", nil, 0.1), ("100000000000000000000", nil, 1e20),
        ]
        for (text, int, double) in table {
            let node = try JSONDocument(parsing: Array(text.utf8)).root
            let value = node.value()
            if node.int != int || value.int != int || node.double != double || value.double != double
                || node.double?.sign != double?.sign || node.numberText != text || value != .number(text)
            {
                Issue.record("\(text): \(String(describing: node.int)), \(String(describing: node.double))")
            }
        }
    }

    @Test func `escapes decode, lone surrogates become U+FFFD and stay escaped in copies`() throws {
        let table: [(String, String)] = [
            (#"a"#, "a"), (#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{c}\n\r\t"), (#"\u0041\u00e9\u20AC"#, "Aé€"),
            (#"\ud83d\ude00"#, "😀"), (#"\uD83D\uDE00x"#, "😀x"), (#"\ud800"#, "\u{FFFD}"), (#"\udc00"#, "\u{FFFD}"),
            (#"\ud800\ud83d\ude00"#, "\u{FFFD}😀"), (#"\ud83dx"#, "\u{FFFD}x"), (#"\ud83d\n"#, "\u{FFFD}\n"),
            (#"\ude00\ud83d"#, "\u{FFFD}\u{FFFD}"), (#"\ud83d\u0041"#, "\u{FFFD}A"), (#"\u0000"#, "\0"),
            (#"\uffff"#, "\u{FFFF}"), ("é\\né", "é\né"), (#"\\u0041"#, #"\u0041"#),
        ]
        for (spelling, meaning) in table {
            let node = try JSONDocument(parsing: Array("\"\(spelling)\"".utf8)).root
            let copy = try #require(node.text)
            var writer = JSONWriter()
            writer.text(copy)
            if node.string != meaning || copy.decoded != meaning || !node.hasContent(meaning)
                || writer.bytes != Array("\"\(spelling)\"".utf8) || Array(copy.escaped) != Array(spelling.utf8)
            {
                Issue.record("\(spelling): \(node.string ?? "nil")")
            }
        }
    }

    @Test func `escaping and decoding a text gives it back`() {
        let texts =
            (0..<0x180).map { String(UnicodeScalar($0).map(Character.init) ?? " ") } + [
                "", "plain", "\"", "\\", "a\"b\\c\nd", "日本語\u{2028}😀/</script>", String(repeating: "é\n", count: 40),
            ]
        for text in texts + texts.map({ "1234567" + $0 + "abcdefghi" }) {
            let escaped = JSONString(text)
            if escaped.decoded != text || escaped.escaped.contains(where: { $0 < 0x20 }) { Issue.record("\(text)") }
        }
        #expect(Array(JSONString("a/\u{7f}\u{1f}\u{8}").escaped) == Array("a/\u{7f}\\u001f\\b".utf8))
    }

    @Test func `a text of a document is a place in it, and detached it is the same text alone`() throws {
        let document = try JSONDocument(parsing: Array(#"{"a":"","b":["x\ny","x\ny","longer than eight"]}"#.utf8))
        let texts = try #require(document.root["b"]).elements.compactMap(\.text)
        #expect(texts == [JSONString("x\ny"), texts[0], "longer than eight"])
        #expect(texts[2] != "longer than nine." && texts[0] != texts[2])
        #expect(document.root["a"]?.text?.isEmpty == true && document.root["a"]?.text?.detached == "")
        for text in texts {
            let alone = text.detached
            #expect(alone == text && alone.decoded == text.decoded && alone.escapedCount == text.escapedCount)
            #expect(alone.escaped.startIndex == 0 && Array(alone.escaped) == Array(text.escaped))
        }
    }

    @Test func `the beginning of a text is cut between characters and escapes`() {
        let spelling = #"ab\\\n\u0041é\ud83d\ude00\\\\日x\""#
        let whole = JSONString(escaped: Array(spelling.utf8))
        var last = ""
        for size in 0...spelling.utf8.count {
            let start = whole.decodedPrefix(escapedSizeMaxBytes: size)
            if whole.decodedBytes(escapedSizeMaxBytes: size) != Array(start.utf8) { Issue.record("\(size) bytes") }
            // Half a surrogate pair decodes to U+FFFD; everything else is a beginning of the whole.
            let plain = start.hasSuffix("\u{FFFD}") ? String(start.dropLast()) : start
            if !whole.decoded.hasPrefix(plain) || start.utf8.count < last.utf8.count {
                Issue.record("\(size): \(start)")
            }
            last = plain
        }
        #expect(last == whole.decoded)
    }

    @Test func `asking a value for what it is not gives nil`() throws {
        let root = try JSONDocument(parsing: Array(#"[null,true,1,"s",[],{}]"#.utf8)).root
        for (index, node) in root.elements.enumerated() {
            let answers = [
                node.isNull, node.bool != nil, node.int != nil, node.string != nil, node.kind == .array,
                node.kind == .object,
            ]
            #expect(answers.firstIndex(of: true) == index && answers.count { $0 } == 1)
            #expect(
                (node.text != nil) == (index == 3) && node["a"] == nil && node.member("a") == nil && node.count == 0)
            #expect(Array(node.elements).isEmpty && node.members.isEmpty && node.equals("s") == (index == 3))
        }
    }
}
