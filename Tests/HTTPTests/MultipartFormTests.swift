import HTTP
import Testing

@Suite struct MultipartFormTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let rule: String
        let body: String
        /// Parts as `name|file|type|content`.
        var parts: [String] = []
        var error: MultipartError.Reason?
        var testDescription: String { rule }
    }

    private static func field(_ head: String, _ content: String = "v") -> String {
        "--b\r\n\(head)\r\n\r\n\(content)\r\n--b--\r\n"
    }

    private static func named(_ parameters: String) -> String {
        field("Content-Disposition: form-data; \(parameters)")
    }

    private static let plain = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nv"

    static let accepted = [
        Row(rule: "a field", body: named(#"name="a""#), parts: ["a|-|-|v"]),
        Row(
            rule: "a file with its type",
            body: field(
                "Content-Disposition: form-data; name=\"f\"; filename=\"x.PNG\"\r\nContent-Type: image/PNG; q=1",
                "\u{1}\r\n--"),
            parts: ["f|x.PNG|image/png|\u{1}\r\n--"]),
        Row(
            rule: "equal names stay apart, in order",
            body: plain + "\r\n--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nw\r\n--b--",
            parts: ["a|-|-|v", "a|-|-|w"]),
        Row(rule: "no part at all", body: "--b--\r\n"),
        Row(rule: "no line end after the closing boundary", body: plain + "\r\n--b--", parts: ["a|-|-|v"]),
        Row(
            rule: "preamble and epilogue are passed over",
            body: "This is\r\na --b preamble\r\n" + plain + "\r\n--b-- \t\r\nepilogue --b\r\n--b\r\n",
            parts: ["a|-|-|v"]),
        Row(rule: "an empty preamble", body: "\r\n" + plain + "\r\n--b--", parts: ["a|-|-|v"]),
        Row(
            rule: "blanks behind a boundary",
            body: "--b \t\r\nContent-Disposition: form-data; name=a\r\n\r\nv\r\n--b-- ", parts: ["a|-|-|v"]),
        Row(rule: "empty content", body: field("Content-Disposition: form-data; name=a", ""), parts: ["a|-|-|"]),
        Row(
            rule: "empty content whose line end is the boundary's",
            body: "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n--b--", parts: ["a|-|-|"]),
        Row(
            rule: "content that nearly is a boundary",
            body: field("Content-Disposition: form-data; name=a", "x--b\r--b\n--b\r\n-b\r\n--a\r\n\r\n"),
            parts: ["a|-|-|x--b\r--b\n--b\r\n-b\r\n--a\r\n\r\n"]),
        Row(
            rule: "field names in any case, other fields passed over",
            body: field("CONTENT-disposition:form-data;name=a\r\nX-Other: ü\r\nContent-Transfer-Encoding: Binary"),
            parts: ["a|-|-|v"]),
        Row(rule: "blanks around parameters", body: named(#" name = "a" ; filename = "b" ;"#), parts: ["a|b|-|v"]),
        Row(rule: "tokens need no quotes", body: named("name=a; filename=b.png"), parts: ["a|b.png|-|v"]),
        Row(rule: "escaped quotes and backslashes", body: named(#"name="a\"\\b""#), parts: [#"a"\b|-|-|v"#]),
        Row(
            rule: "a path of an old browser", body: named(#"name="a"; filename="C:\temp\x.png""#),
            parts: [#"a|C:\temp\x.png|-|v"#]),
        Row(
            rule: "the three escapes of HTML forms, and no others",
            body: named(#"name="a%22%41%0d%zz%2"; filename="%0A""#),
            parts: ["a\"%41\r%zz%2|\n|-|v"]),
        Row(rule: "UTF-8 as it is", body: named(#"name="naïve[]"; filename="日本.png""#), parts: ["naïve[]|日本.png|-|v"]),
        Row(
            rule: "the extended file name wins",
            body: named(#"name="a"; filename="x"; filename*=UTF-8''na%C3%AFve.png"#),
            parts: ["a|naïve.png|-|v"]),
        Row(
            rule: "an extended file name in another character set is none",
            body: named(#"name="a"; filename="x"; filename*=ISO-8859-1''na%EFve.png"#), parts: ["a|x|-|v"]),
        Row(rule: "an empty file name is still a file", body: named(#"name="a"; filename="""#), parts: ["a||-|v"]),
        Row(rule: "unknown parameters are passed over", body: named(#"name="a"; size=5"#), parts: ["a|-|-|v"]),
    ]

    static let refused = [
        Row(rule: "nothing", body: "", error: .noDelimiter),
        Row(rule: "another boundary", body: "--c\r\n\r\n--c--", error: .noDelimiter),
        Row(rule: "a delimiter after a bare LF", body: "x\n--b--", error: .noDelimiter),
        Row(rule: "a delimiter after a bare CR", body: "x\r--b--", error: .noDelimiter),
        Row(rule: "no closing boundary", body: plain + "\r\n", error: .cut),
        Row(rule: "a closing boundary after a bare LF", body: plain + "\n--b--", error: .cut),
        Row(rule: "something behind a boundary", body: plain + "\r\n--bc--\r\n", error: .delimiter),
        Row(rule: "something behind the closing boundary", body: plain + "\r\n--b--x\r\n", error: .delimiter),
        Row(
            rule: "a boundary line that ends in LF", body: "--b\nContent-Disposition: form-data; name=a\r\n\r\n",
            error: .delimiter),
        Row(
            rule: "a field line that ends in LF", body: field("Content-Disposition: form-data; name=a\nX: y"),
            error: .lineEnd),
        Row(
            rule: "a field line that ends in CR", body: field("Content-Disposition: form-data; name=a\rX: y"),
            error: .lineEnd),
        Row(
            rule: "a NUL in a head", body: field("Content-Disposition: form-data; name=\"a\0\""),
            error: .controlCharacter),
        Row(rule: "a folded line", body: field("Content-Disposition: form-data;\r\n name=a"), error: .fieldLine),
        Row(rule: "no colon", body: field("Content-Disposition"), error: .fieldLine),
        Row(
            rule: "a blank before the colon", body: field("Content-Disposition : form-data; name=a"), error: .fieldLine),
        Row(rule: "no disposition", body: field("Content-Type: text/plain"), error: .disposition),
        Row(rule: "another disposition", body: field("Content-Disposition: attachment; name=a"), error: .disposition),
        Row(
            rule: "two dispositions",
            body: field("Content-Disposition: form-data; name=a\r\nContent-Disposition: form-data; name=b"),
            error: .disposition),
        Row(rule: "no name", body: named("filename=x"), error: .nameMissing),
        Row(rule: "two names", body: named("name=a; name=b"), error: .parameter),
        Row(rule: "two file names", body: named("name=a; filename=b; filename=c"), error: .parameter),
        Row(rule: "an open quote", body: named(#"name="a"#), error: .parameter),
        Row(rule: "no equals sign", body: named("name"), error: .parameter),
        Row(rule: "no value", body: named("name="), error: .parameter),
        Row(rule: "something behind a quoted value", body: named(#"name="a"b"#), error: .parameter),
        Row(
            rule: "base64 by transfer encoding",
            body: field("Content-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64"),
            error: .transferEncoding),
        Row(
            rule: "a name above its bound", body: named("name=\(String(repeating: "x", count: 1025))"),
            error: .nameTooLong),
        Row(
            rule: "a head above its bound", body: field("X: \(String(repeating: "x", count: 8200))"),
            error: .headTooLarge),
        Row(
            rule: "a head that does not end", body: "--b\r\nX: \(String(repeating: "x", count: 9000))",
            error: .headTooLarge),
        Row(
            rule: "too many parts",
            body: String(repeating: plain + "\r\n", count: 129) + "--b--", error: .tooManyParts),
    ]

    @Test(arguments: accepted)
    func `a form is read in every spelling that the rules allow`(row: Row) throws {
        #expect(try read(Array(row.body.utf8)) == row.parts)
    }

    @Test(arguments: refused)
    func `a form that another reader could see differently is refused`(row: Row) {
        let error = #expect(throws: MultipartError.self) { try read(Array(row.body.utf8)) }
        #expect(error?.reason == row.error)
        #expect(error?.isLimit == [.tooManyParts, .headTooLarge, .nameTooLong].contains(row.error))
        #expect(error.map { $0.description.contains("byte \($0.offset)") } == true)
    }

    @Test(arguments: accepted)
    func `a form that is cut anywhere before its closing boundary is refused`(row: Row) throws {
        let bytes = Array(row.body.utf8)
        let close = try #require(row.body.utf8.firstOffset(of: "--b--"))
        for end in 0..<bytes.count {
            let parts = try? read(Array(bytes[..<end]))
            #expect((parts != nil) == (end >= close + 5), "cut at \(end)")
            if let parts { #expect(parts == row.parts, "cut at \(end)") }
        }
    }

    @Test func `names that are no UTF-8 are refused`() {
        let bytes =
            Array("--b\r\nContent-Disposition: form-data; name=\"".utf8) + [0xFF] + Array("\"\r\n\r\n\r\n--b--".utf8)
        #expect(throws: MultipartError(.nameEncoding, at: 5)) { try read(bytes) }
    }

    @Test func `content of any bytes comes back as it was, whatever stands at the edges of words`() throws {
        for size in 0..<70 {
            for fill in [0x0D, 0x0A, 0x2D, 0x62, 0x00, 0xFF] as [UInt8] {
                let content = [UInt8](repeating: fill, count: size)
                let bytes =
                    Array("--b\r\nContent-Disposition: form-data; name=a; filename=f\r\n\r\n".utf8) + content
                    + Array("\r\n--b--".utf8)
                let form = try MultipartForm(parsing: bytes, boundary: "b")
                #expect(form.parts.count == 1)
                #expect(form.withBytes(of: form.parts[0]) { Array($0) } == content, "\(size) times \(fill)")
            }
        }
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `a damaged form is read within its bounds or refused`(seed: UInt64) {
        var random = SplitMix(state: seed)
        let bodies = Self.accepted.map { Array($0.body.utf8) }
        let pieces = ["\r\n", "\r", "\n", "--b", "--b--", "\r\n--b", "\"", ";", "=", "\0", "-", "name=", ":", " "].map {
            Array($0.utf8)
        }
        for _ in 0..<4000 {
            guard var bytes = bodies.randomElement(using: &random) else { return }
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let at = Int.random(in: 0...bytes.count, using: &random)
                if Bool.random(using: &random) {
                    bytes.insert(contentsOf: pieces.randomElement(using: &random) ?? [], at: at)
                } else {
                    bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...8, using: &random)))
                }
            }
            guard let form = try? MultipartForm(parsing: bytes, boundary: "b") else { continue }
            var end = 0
            for part in form.parts {
                #expect(part.body.lowerBound >= end && part.body.upperBound <= bytes.count)
                end = part.body.upperBound
                let content = form.withBytes(of: part) { String(decoding: $0, as: UTF8.self) }
                #expect(!content.hasPrefix("--b") && !content.contains("\r\n--b"))
            }
        }
    }

    @Test(arguments: [
        ("multipart/form-data; boundary=abc", MultipartBoundary.found("abc")),
        ("Multipart/Form-Data;charset=utf-8;BOUNDARY=\"a b:?'()+_,-./=\"", .found("a b:?'()+_,-./=")),
        ("multipart/form-data ; boundary = x ", .found("x")),
        ("multipart/form-data", .missing), ("multipart/form-data; boundary=", .missing),
        ("multipart/form-data; boundary=\"\"", .missing), ("multipart/form-data; boundary=\"a \"", .missing),
        ("multipart/form-data; boundary=a_ü", .missing), ("multipart/form-data; boundary=a\"b", .missing),
        ("multipart/form-data; boundary=" + String(repeating: "x", count: 71), .missing),
        (
            "multipart/form-data; boundary=" + String(repeating: "x", count: 70),
            .found(String(repeating: "x", count: 70))
        ),
        ("multipart/mixed; boundary=a", .otherType), ("application/json", .otherType), ("", .otherType),
    ])
    func `a content type names its boundary or is refused`(type: String, boundary: MultipartBoundary) {
        #expect(MultipartBoundary(contentType: type) == boundary)
    }

    private func read(_ bytes: [UInt8]) throws -> [String] {
        let form = try MultipartForm(parsing: bytes, boundary: "b")
        return form.parts.map { part in
            let content = form.withBytes(of: part) { String(decoding: $0, as: UTF8.self) }
            return "\(part.name)|\(part.fileName ?? "-")|\(part.contentType ?? "-")|\(content)"
        }
    }
}

extension String.UTF8View {
    fileprivate func firstOffset(of text: String) -> Int? {
        let wanted = Array(text.utf8)
        let bytes = Array(self)
        return bytes.indices.first { bytes[$0...].starts(with: wanted) }
    }
}
