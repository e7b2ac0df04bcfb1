import JSON
import Testing

@testable import Translation

/// What goes upstream for recorded client requests.
@Suite("Golden requests") struct GoldenRequestTests {
    static let folder = "requests/openai-chat"

    @Test(arguments: Fixtures.cases(in: folder, ending: ".json"))
    func `a chat request becomes the recorded upstream request`(name: String) throws {
        let body = try Fixtures.read("\(Self.folder)/\(name).json")
        var path = try ChatPath(body)
        let upstream = try path.upstreamBody()
        try Fixtures.expect(try PrettyJSON.text(of: upstream), in: "\(Self.folder)/\(name).upstream.json")
        // Another process, or the same with its caches filled, writes the same bytes.
        var again = try ChatPath(body)
        #expect(try again.upstreamBody() == upstream)
        #expect(try path.upstreamBody() == upstream)
    }
}
