import APIErrors
import HTTP
import JSON
import Testing

@testable import Translation

/// What requests for images and transcripts are refused for, and the member the refusal names.
@Suite struct MediaRefusalTests {
    struct Row: CustomTestStringConvertible {
        var what: String
        var dialect: DialectUnderTest
        var body: [UInt8]
        var param: String?
        var situation = Situation.badRequest
        var testDescription: String { what }
    }

    private typealias Part = RecordedRequest.Part

    private static func generation(_ what: String, _ body: String, _ param: String?) -> Row {
        Row(what: what, dialect: .openAIImageGenerations, body: Array(body.utf8), param: param)
    }

    private static func edit(_ what: String, _ body: String, _ param: String?, _ situation: Situation = .badRequest)
        -> Row
    {
        Row(what: what, dialect: .openAIImageEdits, body: Array(body.utf8), param: param, situation: situation)
    }

    private static func editForm(
        _ what: String, _ parts: [Part], _ param: String?, _ situation: Situation = .badRequest
    ) -> Row {
        Row(
            what: what, dialect: .openAIImageEdits, body: RecordedRequest.form(parts), param: param,
            situation: situation)
    }

    private static func audio(
        _ what: String, _ parts: [Part], _ param: String?, _ situation: Situation = .badRequest
    ) -> Row {
        Row(what: what, dialect: .openAIAudio, body: RecordedRequest.form(parts), param: param, situation: situation)
    }

    private static let prompt = Part.field("prompt", "A lamp")
    private static let speech = Part.file("file", "a.mp3")

    static let generations = [
        generation("no object", "[]", nil),
        generation("no prompt", "{}", "prompt"),
        generation("an empty prompt", #"{"prompt":""}"#, "prompt"),
        generation("a prompt that is a list", #"{"prompt":["a"]}"#, "prompt"),
        generation(
            "a prompt that is a book", #"{"prompt":"\#(String(repeating: "x", count: 256 * 1024 + 1))"}"#, "prompt"),
        generation("no image", #"{"prompt":"a","n":0}"#, "n"),
        generation("too many images", #"{"prompt":"a","n":11}"#, "n"),
        generation("a number in quotes", #"{"prompt":"a","n":"3"}"#, "n"),
        generation("a size that is a number", #"{"prompt":"a","size":1024}"#, "size"),
        generation("a quality that is an object", #"{"prompt":"a","quality":{}}"#, "quality"),
        generation("a ratio that is a number", #"{"prompt":"a","aspect_ratio":1.5}"#, "aspect_ratio"),
        generation("an image size that is a number", #"{"prompt":"a","imageSize":4}"#, "imageSize"),
        generation("an unknown form", #"{"prompt":"a","response_format":"png"}"#, "response_format"),
        generation("a stream that is a word", #"{"prompt":"a","stream":"yes"}"#, "stream"),
        generation("an empty model", #"{"prompt":"a","model":" "}"#, "model"),
        generation("a model that makes no images", #"{"prompt":"a","model":"gpt-4o"}"#, "model"),
    ]

    static let edits = [
        edit("no picture", #"{"prompt":"a"}"#, "image"),
        edit("no pictures", #"{"prompt":"a","images":[]}"#, "image"),
        edit("a picture that is a number", #"{"prompt":"a","image":7}"#, "image"),
        edit("a picture without data", #"{"prompt":"a","images":[{"url":"x"}]}"#, "images[0]"),
        edit(
            "a picture from the disk", #"{"prompt":"a","images":[{"image_url":"file:///etc/passwd"}]}"#,
            "images[0].image_url"),
        edit("a picture that is a text", #"{"prompt":"a","image":"data:text/plain,a"}"#, "image"),
        edit("a picture that is no base64", #"{"prompt":"a","image":["data:image/png;base64,!"]}"#, "image[0]"),
        edit(
            "a mask that is no picture",
            #"{"prompt":"a","image":"data:image/png;base64,iVBORw0KGgoA","mask":"data:image/svg+xml;base64,AAAA"}"#,
            "mask"),
        editForm("no prompt in a form", [.file("image", "a.png")], "prompt"),
        editForm(
            "a prompt that is no UTF-8", [Part(name: "prompt", content: [0xFF]), .file("image", "a.png")], "prompt"),
        editForm("no file", [prompt], "image"),
        editForm("an empty file", [prompt, .file("image[]", "a.png", nil, [])], "image[]"),
        editForm(
            "a file of another type", [prompt, .file("image", "a.svg", "image/svg+xml", Array("<svg/>".utf8))], "image"),
        editForm(
            "a file that shows no type", [prompt, .file("image[1]", "a", "application/octet-stream", [1, 2, 3])],
            "image[1]"),
        editForm("an empty mask", [prompt, .file("image", "a.png"), .file("mask", "m.png", nil, [])], "mask"),
        editForm("a number of images that is a word", [prompt, .file("image", "a.png"), .field("n", "three")], "n"),
        editForm("a stream that is a word", [prompt, .file("image", "a.png"), .field("stream", "yes")], "stream"),
        editForm("seventeen files", [prompt] + (0..<17).map { .file("image[]", "\($0).png") }, "image[]"),
        editForm(
            "more than fits inline",
            [
                prompt, .file("image[]", "a.png", "image/png", [UInt8](repeating: 0, count: 10 << 20)),
                .file("image[]", "b.png", "image/png", [UInt8](repeating: 0, count: (5 << 20) + 4)),
            ], "image[]", .tooLarge),
        editForm(
            "a mask that does not fit any more",
            [
                prompt, .file("image", "a.png", "image/png", [UInt8](repeating: 0, count: 15 << 20)),
                .file("mask", "m.png"),
            ], "mask",
            .tooLarge),
    ]

    static let recordings = [
        Row(what: "JSON", dialect: .openAIAudio, body: Array(#"{"file":"a"}"#.utf8)),
        audio("no file", [.field("model", "whisper-1")], "file"),
        audio("a file by its name alone", [.file("file", "a.xyz", "audio/ogg")], "file"),
        audio("a file without a name or type", [.field("file", "RIFF")], "file"),
        audio("an empty file", [.file("file", "a.mp3", nil, [])], "file"),
        audio(
            "a file above the limit", [.file("file", "a.mp3", nil, [UInt8](repeating: 0, count: (15 << 20) + 1))],
            "file", .tooLarge),
        audio("a model that takes no recordings", [speech, .field("model", "claude-sonnet-4-5")], "model"),
        audio("a model that draws", [speech, .field("model", "dall-e-3")], "model"),
        audio("an unknown form", [speech, .field("response_format", "diarized_json")], "response_format"),
        audio("a temperature that is a word", [speech, .field("temperature", "warm")], "temperature"),
        audio("a temperature in quotes", [speech, .field("temperature", "\"0\"")], "temperature"),
        audio("a stream of subtitles", [speech, .field("response_format", "vtt"), .field("stream", "true")], "stream"),
        audio(
            "a language that is a novel", [speech, .field("language", String(repeating: "x", count: 65))], "language"),
        audio("a prompt that is no UTF-8", [speech, Part(name: "prompt", content: [0xC3])], "prompt"),
    ]

    @Test(arguments: generations + edits + recordings)
    func `a refusal names the offending member`(row: Row) throws {
        do {
            var path = try DialectPath(row.body, as: row.dialect.dialect)
            _ = try path.upstreamBody()
            Issue.record("served")
        } catch let failure as APIFailure {
            #expect(failure.situation == row.situation)
            #expect(failure.param == row.param)
            #expect(failure.status(in: .openAI) == (row.situation == .tooLarge ? 413 : 400))
        }
    }

    @Test func `what just fits is taken`() throws {
        let half = [UInt8](repeating: 0, count: 15 << 19)
        var edit = try DialectPath(
            RecordedRequest.form([
                Self.prompt, .file("image", "a.png", "image/png", half), .file("mask", "b.png", "image/png", half),
            ]), as: OpenAIImages(.edits))
        #expect(try edit.upstreamBody().count > InlineLimit.sizeMaxBytes)
        var audio = try DialectPath(
            RecordedRequest.form([.file("file", "a.mp3", nil, half + half)]), as: OpenAIAudio())
        #expect(try audio.upstreamBody().count > InlineLimit.sizeMaxBytes)
        let many = (0..<16).map { Part.file($0 % 2 == 0 ? "image[]" : "image[\($0)]", "\($0).png") }
        var edits = try DialectPath(RecordedRequest.form([Self.prompt] + many), as: OpenAIImages(.edits))
        #expect(try edits.inner()["contents"]?.array?[0]["parts"]?.array?.count == 17)
    }

    @Test(arguments: [
        ("multipart/form-data", "--b--"), ("multipart/form-data; boundary=b", "--b"),
        ("multipart/form-data; boundary=b", "{}"),
    ])
    func `a form that cannot be read is a 400 for every dialect`(type: String, body: String) {
        let failure = #expect(throws: APIFailure.self) { try RequestBody(Array(body.utf8), contentType: type) }
        #expect(failure?.situation == .badRequest)
    }

    @Test func `a form whose heads are too large is a 413, and a form is no JSON object`() throws {
        let many = RecordedRequest(RecordedRequest.form((0..<200).map { .field("f\($0)", "x") }))
        let failure = #expect(throws: APIFailure.self) { try RequestBody(many.body, contentType: many.contentType) }
        #expect(failure?.situation == .tooLarge)
        let form = RecordedRequest(RecordedRequest.form([Self.prompt]))
        #expect(throws: APIFailure.self) {
            try OpenAIChat().decode(try RequestBody(form.body, contentType: form.contentType))
        }
    }

    @Test(arguments: [
        ("a.mp3", "audio/mpeg"), ("a.mpga", "audio/mpeg"), ("a.mpeg", "audio/mpeg"), ("A.WAV", "audio/wav"),
        ("a.m4a", "audio/mp4"),
        ("a.mp4", "audio/mp4"), ("a.ogg", "audio/ogg"), ("a.oga", "audio/ogg"), ("a.opus", "audio/ogg"),
        ("a.flac", "audio/flac"),
        ("a.aac", "audio/aac"), ("a.b.webm", "audio/webm"), ("a.aiff", "audio/aiff"), ("a.aif", "audio/aiff"),
        ("recording", "audio/wav"),
    ])
    func `the extension of a recording is its type, its own word only without one`(file: String, type: String) throws {
        var path = try DialectPath(RecordedRequest.form([.file("file", file, "audio/wav")]), as: OpenAIAudio())
        #expect(
            try path.inner()["contents"]?.array?[0]["parts"]?.array?.last?["inlineData"]?["mimeType"]?.string == type)
    }

    @Test(arguments: [
        ("image/png", RecordedRequest.jpeg, "image/png"), ("image/jpg", RecordedRequest.png, "image/jpeg"),
        ("application/octet-stream", RecordedRequest.jpeg, "image/jpeg"), ("", RecordedRequest.png, "image/png"),
    ])
    func `a picture has the type of its part, else that of its first bytes`(
        named: String, content: [UInt8], type: String
    ) throws {
        let file = Part.file("image", "x", named.isEmpty ? nil : named, content)
        var path = try DialectPath(RecordedRequest.form([file, Self.prompt]), as: OpenAIImages(.edits))
        let parts = try #require(try path.inner()["contents"]?.array?[0]["parts"]?.array)
        #expect(parts[0] == ["text": "A lamp"], "the text stands first wherever it came")
        #expect(parts[1]["inlineData"]?["mimeType"]?.string == type)
        #expect(parts[1]["inlineData"]?["data"]?.string == String(decoding: Base64.encode(content), as: UTF8.self))
    }
}
