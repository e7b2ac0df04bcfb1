import APIErrors
import HTTP
import JSON
import Testing

@testable import Translation

/// Media by address: found wherever a dialect takes it, and put there when it has been brought.
@Suite struct RemoteMediaTests {
    static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13]
    static let pdf = Array("%PDF-1.7\n%....".utf8)

    struct Row: Sendable {
        let name: String
        let dialect: any ClientDialect
        let body: String
        let paths: [String]
    }

    static let rows: [Row] = [
        Row(
            name: "Chat picture", dialect: OpenAIChat(),
            body:
                #"{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"https://h.example/a.png"}}]}]}"#,
            paths: ["messages[0].content[1].image_url.url"]),
        Row(
            name: "Chat picture, short", dialect: OpenAIChat(),
            body:
                #"{"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":"HTTP://h.example/a.png"}]}]}"#,
            paths: ["messages[0].content[0].image_url"]),
        Row(
            name: "Responses picture and file", dialect: OpenAIResponses(),
            body:
                #"{"model":"m","input":[{"role":"user","content":[{"type":"input_image","image_url":"https://h.example/a.png"},{"type":"input_file","file_url":"https://h.example/a.pdf"}]}]}"#,
            paths: ["input[0].content[0].image_url", "input[0].content[1].file_url"]),
        Row(
            name: "Messages picture and document", dialect: Anthropic(),
            body:
                #"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"url","url":"https://h.example/a.png"}},{"type":"document","source":{"type":"url","url":"https://h.example/a.pdf"}}]}]}"#,
            paths: ["messages[0].content[0].source.url", "messages[0].content[1].source.url"]),
        Row(
            name: "Messages tool result", dialect: Anthropic(),
            body:
                #"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hello"},{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"look","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":[{"type":"image","source":{"type":"url","url":"https://h.example/a.png"}}]}]}]}"#,
            paths: ["messages[2].content[0].content[0].source.url"]),
        Row(
            name: "edit of a picture", dialect: OpenAIImages(.edits),
            body: #"{"model":"gemini-3-pro-image","prompt":"p","images":[{"image_url":"https://h.example/a.png"}]}"#,
            paths: ["images[0].image_url"]),
    ]

    static func decode(_ body: String, _ dialect: any ClientDialect) throws -> GenerationRequest {
        try dialect.decode(RequestBody(Array(body.utf8), contentType: "application/json"))
    }

    @Test(arguments: rows)
    func `an address is found with its path, and what is brought takes its place`(row: Row) throws {
        var request = try Self.decode(row.body, row.dialect)
        let remote = request.remoteMedia
        #expect(remote.map(\.path) == row.paths, "\(row.name)")
        var found: [RemoteMedia.Source: Media] = [:]
        for media in remote {
            let isPDF = media.source.url.text.hasSuffix("pdf")
            found[media.source] = media.source.media(isPDF ? Self.pdf : Self.png, type: nil)
        }
        #expect(found.count == remote.count)
        try request.place(found)
        #expect(request.remoteMedia.isEmpty, "\(row.name)")
    }

    static let notAddresses = [
        "file:///etc/passwd", "/etc/passwd", "a.png", "ftp://h.example/a", "gs://b/a", "http:/h/a", "http://",
        "https://u:p@h/a",
        "http://ä.example/", "", "blob:https://h/1", "//h.example/a.png",
    ]

    @Test(arguments: notAddresses)
    func `what is no http or https address is refused, with its path and without its text`(text: String) {
        let body =
            #"{"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"\#(text)"}}]}]}"#
        let failure = #expect(throws: APIFailure.self) { try Self.decode(body, OpenAIChat()) }
        #expect(failure?.param == "messages[0].content[0].image_url.url" && failure?.situation == .badRequest)
        #expect(text.count < 3 || failure?.message.contains(text) == false)
    }

    @Test func `an address that is named often is brought once and placed everywhere`() throws {
        let picture = #"{"type":"image_url","image_url":{"url":"https://h.example/a.png"}}"#
        var request = try Self.decode(
            #"{"model":"m","messages":[{"role":"user","content":[\#(picture),\#(picture)]},{"role":"user","content":[\#(picture)]}]}"#,
            OpenAIChat())
        let remote = request.remoteMedia
        #expect(remote.count == 1)
        try request.place([remote[0].source: try #require(remote[0].source.media(Self.png, type: "image/png"))])
        let media = request.turns.flatMap(\.parts).compactMap { if case .media(let media) = $0 { media } else { nil } }
        #expect(media.count == 3 && media.allSatisfy { $0.mimeType == "image/png" && $0.data.count == 16 })
    }

    @Test func `more than one request may carry is refused, however often it is the same`() throws {
        let picture = #"{"type":"image_url","image_url":{"url":"https://h.example/a.png"}}"#
        var request = try Self.decode(
            #"{"model":"m","messages":[{"role":"user","content":[\#(picture),\#(picture)]}]}"#, OpenAIChat())
        let source = request.remoteMedia[0].source
        let big = Media(
            mimeType: "image/png",
            data: Base64Text(owned: [UInt8](repeating: UInt8(ascii: "A"), count: InlineLimit.sizeMaxBytes / 2 + 4)))
        let failure = #expect(throws: APIFailure.self) { try request.place([source: big]) }
        #expect(failure?.situation == .tooLarge && failure?.param == "messages[0].content[1].image_url.url")
    }

    static let types: [(declared: String?, bytes: [UInt8], isPicture: Bool, type: String?)] = [
        ("image/png", png, true, "image/png"), ("IMAGE/JPG; q=1", png, true, "image/jpeg"),
        ("application/octet-stream", png, true, "image/png"), (nil, png, true, "image/png"),
        ("image/svg+xml", Array("<svg/>".utf8), true, nil), ("text/html", Array("<html>".utf8), true, nil),
        ("text/html", Array("<html>".utf8), false, nil), ("text/html", png, true, "image/png"),
        ("application/pdf", pdf, true, nil), ("application/pdf", pdf, false, "application/pdf"),
        ("binary/octet-stream", pdf, false, "application/pdf"),
        ("text/plain; charset=utf-8", [65], false, "text/plain"),
        ("text/plain", [65], true, nil), ("audio/mpeg", [1, 2], false, "audio/mpeg"), ("image/png", [], true, nil),
        (nil, [1, 2, 3], false, nil),
    ]

    @Test(arguments: types)
    func `the type comes from the answer if models take it, else from the first bytes`(
        row: (declared: String?, bytes: [UInt8], isPicture: Bool, type: String?)
    ) throws {
        let url = try #require(HTTPURL("https://h.example/a"))
        let media = RemoteMedia(url, isPicture: row.isPicture, path: "p").source.media(row.bytes, type: row.declared)
        #expect(media?.mimeType == row.type, "\(row.declared ?? "none") \(row.isPicture)")
    }

    @Test func `the name of a conversation comes from the address, whatever stands there`() throws {
        func key(_ url: String) throws -> SessionKey? {
            let request = try Self.decode(
                #"{"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"\#(url)"}}]}]}"#,
                OpenAIChat())
            return SessionKey.find(in: request, fields: HTTPFields(), apiKeyID: "k")
        }
        let first = try key("https://h.example/a.png")
        #expect(try first != nil && first == key("https://h.example/a.png"))
        #expect(try first != key("https://h.example/b.png"))
    }
}
