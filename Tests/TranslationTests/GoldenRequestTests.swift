import JSON
import Testing

@testable import Translation

/// What goes upstream for recorded client requests.
@Suite("Golden requests") struct GoldenRequestTests {
    /// Every recorded request of every dialect: `requests/<dialect>/<case>.json`, or `<case>.form` for what `RecordedRequest`
    /// reads.
    static let cases: [(DialectUnderTest, String)] = DialectUnderTest.all.flatMap { dialect in
        [".json", ".form"].flatMap { ending in
            Fixtures.cases(in: "requests/\(dialect.name)", ending: ending).map { (dialect, $0 + ending) }
        }
    }

    @Test(arguments: cases)
    func `a client request becomes the recorded upstream request`(dialect: DialectUnderTest, file: String) throws {
        let folder = "requests/\(dialect.name)"
        let name = file.prefix { $0 != "." }
        let body = try Fixtures.read("\(folder)/\(file)")
        var path = try DialectPath(body, as: dialect.dialect(for: body))
        let upstream = try path.upstreamBody()
        try Fixtures.expect(try PrettyJSON.text(of: upstream), in: "\(folder)/\(name).upstream.json")
        // Another process, or the same with its caches filled, writes the same bytes.
        var again = try DialectPath(body, as: dialect.dialect(for: body))
        #expect(try again.upstreamBody() == upstream)
        #expect(try path.upstreamBody() == upstream)
    }
}
