import APIErrors
import JSON
import Testing

@testable import Translation

/// Shape and size of pictures: what the client says, what the model's name says, what goes upstream.
@Suite struct ImageFormTests {
    @Test(
        arguments: [
            ("1024x1024", "1:1"), ("1792x1024", "16:9"), ("1024x1792", "9:16"), ("1920x1080", "16:9"),
            ("1536x1024", "3:2"),
            ("1024x1536", "2:3"), ("800x600", "4:3"), ("600x800", "3:4"), ("2560x1080", "21:9"), ("1280x1024", "5:4"),
            ("1024x1280", "4:5"), ("1X1", "1:1"),
            // Near none: a factor of e to the power of 0.06 is the limit.
            ("1000x100", "1:1"), ("100x1000", "1:1"), ("1061x1000", "1:1"), ("1416x1000", "3:2"), ("1413x1000", "4:3"),
            ("2000x1000", "1:1"),
            ("1888x1000", "1:1"), ("1887x1000", "16:9"),
            ("21:9", "21:9"), ("2:3", "2:3"),
            ("7:5", nil), ("auto", nil), ("", nil), ("0x0", nil), ("0x100", nil), ("100x0", nil), ("-1x1", nil),
            ("x", nil), ("1x", nil),
            ("1x1x1", nil), ("1024", nil), ("1024 x 1024", nil), ("large", nil), ("99999999999999999999x1", nil),
            ("9223372036854775807x9223372036854775807", nil), ("1.5x1", nil),
        ] as [(String, String?)])
    func `a size means the nearest listed ratio, a square if it is near none, nothing if it cannot be read`(
        size: String, ratio: String?
    ) {
        #expect(ImageForm.aspectRatio(size: size) == ratio)
    }

    @Test func `every listed ratio is its own nearest, in pixels and as it stands`() {
        for ratio in ImageWish.aspectRatios {
            let sides = ratio.split(separator: ":").compactMap { Int($0) }
            #expect(ImageForm.aspectRatio(size: "\(sides[0] * 128)x\(sides[1] * 128)") == ratio)
            #expect(ImageForm.aspectRatio(size: ratio) == ratio)
        }
    }

    @Test(
        arguments: [
            ("hd", "4K"), ("high", "4K"), ("4k", "4K"), ("HD", "4K"), ("medium", "2K"), ("2K", "2K"),
            ("standard", "1K"), ("low", "1K"),
            ("1k", "1K"), ("auto", nil), ("", nil), ("best", nil),
        ] as [(String, String?)])
    func `a quality means a size`(quality: String, size: String?) {
        #expect(ImageForm.size(quality: quality) == size)
    }

    struct Row: CustomTestStringConvertible {
        var body: String
        var ratio: String?
        var size: String?
        var testDescription: String { body }
    }

    static let generations = [
        Row(body: "", ratio: "1:1"),
        Row(body: #""size":"auto""#, ratio: "1:1"),
        Row(body: #""size":"0x0""#, ratio: "1:1"),
        Row(body: #""size":"1000x100","model":"gemini-3-pro-image-16x9""#, ratio: "1:1"),
        Row(body: #""size":"1920x1080","quality":"hd","n":3"#, ratio: "16:9", size: "4K"),
        Row(body: #""size":"4096x4096""#, ratio: "1:1"),
        Row(body: #""aspect_ratio":"4:5","size":"1024x1024""#, ratio: "4:5"),
        Row(body: #""aspect_ratio":"7:5","size":"1024x1536""#, ratio: "2:3"),
        Row(body: #""aspect_ratio":null,"size":"[undefined]","quality":null"#, ratio: "1:1"),
        Row(body: #""image_size":"2k","quality":"hd""#, ratio: "1:1", size: "2K"),
        Row(body: #""imageSize":"1K""#, ratio: "1:1", size: "1K"),
        Row(body: #""image_size":"8k","quality":"medium""#, ratio: "1:1", size: "2K"),
        Row(body: #""model":"gemini-3-pro-image-4k-16x9""#, ratio: "16:9", size: "4K"),
        Row(body: #""model":"gemini-3-pro-image-16-9-hd","size":"auto","quality":"auto""#, ratio: "16:9", size: "4K"),
        Row(body: #""model":"gemini-3-pro-image-4k","quality":"low""#, ratio: "1:1", size: "1K"),
        Row(body: #""model":"gemini-3-pro-image-21x9","size":"3:4""#, ratio: "3:4"),
        Row(body: #""model":"gemini-2.5-flash-image-4k","size":"3:4","image_size":"4K""#, ratio: "3:4"),
        Row(body: #""model":"gemini-3.1-flash-image-2k","quality":"unknown""#, ratio: "1:1", size: "2K"),
    ]

    @Test(arguments: generations)
    func `a generation has the client's form, else that of the name, else a square`(row: Row) throws {
        let body = #"{"prompt":"A lamp"\#(row.body.isEmpty ? "" : "," + row.body)}"#
        var path = try DialectPath(Array(body.utf8), as: OpenAIImages(.generations))
        let config = try path.inner()["generationConfig"]?["imageConfig"]
        #expect(config?["aspectRatio"]?.string == row.ratio)
        #expect(config?["imageSize"]?.string == row.size)
    }

    @Test(arguments: [
        Row(body: ""), Row(body: #""size":"auto","quality":"auto""#), Row(body: #""size":"1024x1536""#, ratio: "2:3"),
        Row(body: #""model":"gemini-3-pro-image-9x16-2k""#, ratio: "9:16", size: "2K"),
    ])
    func `an edit keeps the shape of its picture unless somebody names one`(row: Row) throws {
        let image = #""image":"data:image/png;base64,iVBORw0KGgoA""#
        let body = #"{"prompt":"A lamp",\#(image)\#(row.body.isEmpty ? "" : "," + row.body)}"#
        var path = try DialectPath(Array(body.utf8), as: OpenAIImages(.edits))
        let config = try path.inner()["generationConfig"]
        #expect((config == nil) == (row.ratio == nil && row.size == nil))
        #expect(config?["imageConfig"]?["aspectRatio"]?.string == row.ratio)
        #expect(config?["imageConfig"]?["imageSize"]?.string == row.size)
    }

    @Test(
        arguments: [
            (nil, nil, nil), ("2K", nil, "2K"), (nil, "4K", "4K"), ("1K", "4K", "4K"), ("1K", "2K", "2K"),
            ("1K", "1K", "1K"),
            ("1K", nil, "1K"), ("2K", "4K", "2K"), ("4K", "2K", "4K"),
        ] as [(String?, String?, String?)])
    func `a body that may say 1K without thinking does not lower a size in the name`(
        body: String?, name: String?, sent: String?
    ) {
        var wish = ImageWish(aspectRatio: "3:2", size: body)
        wish.yieldsSmallestSize = true
        let merged = wish.completed(by: ImageWish(aspectRatio: "16:9", size: name))
        #expect(merged.size == sent)
        #expect(merged.aspectRatio == "3:2", "the body's ratio wins")
        #expect(
            ImageWish(size: "1K").completed(by: ImageWish(size: "4K")).size == "1K", "a client that says 1K means it")
    }

    @Test(arguments: ["gemini-3-pro-image", "gemini-2.5-flash-image"])
    func `an image model in a conversation gets no tools, no system instruction and no thinking`(model: String) throws {
        let body: JSONValue = [
            "model": .string(model + "-4k-16x9"), "reasoning_effort": "high", "modalities": ["text", "image"],
            "web_search_options": [:], "response_format": ["type": "json_object"],
            "messages": [
                ["role": "system", "content": "Draw well."], ["role": "developer", "content": "In ink."],
                [
                    "role": "user",
                    "content": [["type": "text", "text": "A lamp"], ["type": "text", "text": "please"]],
                ],
            ],
            "tools": [["type": "function", "function": ["name": "f", "parameters": ["type": "object"]]]],
            "tool_choice": "required",
        ]
        var path = try DialectPath(body)
        let upstream = try path.upstream()
        try UpstreamRules(isClaude: false).check(upstream)
        #expect(upstream["requestType"] == "image_gen")
        #expect(upstream["model"]?.string == model)
        let inner = try #require(upstream["request"])
        for name in ["tools", "toolConfig", "systemInstruction", "sessionId"] { #expect(inner[name] == nil, "\(name)") }
        #expect(
            inner["contents"]
                == [["role": "user", "parts": [["text": "Draw well.\n\nIn ink.\n\nA lamp"], ["text": "please"]]]])
        let size: JSONObject =
            model.contains("-3-") ? ["aspectRatio": "16:9", "imageSize": "4K"] : ["aspectRatio": "16:9"]
        #expect(
            inner["generationConfig"]
                == ["responseModalities": ["TEXT", "IMAGE"], "imageConfig": .object(size)])
    }

    @Test func `modalities are only named where they are asked for or needed, and never to other models`() throws {
        func modalities(_ model: String, _ more: String = "") throws -> JSONValue? {
            let body = #"{"model":"\#(model)","messages":[{"role":"user","content":"A lamp"}]\#(more)}"#
            var path = try DialectPath(Array(body.utf8))
            return try path.inner()["generationConfig"]?["responseModalities"]
        }
        let asked = #","modalities":["text","image"]"#
        #expect(try modalities("gemini-3-pro-image") == nil)
        #expect(try modalities("gemini-3-pro-image", asked) == ["TEXT", "IMAGE"])
        #expect(try modalities("gemini-2.5-flash-image") == ["TEXT", "IMAGE"])
        #expect(try modalities("gemini-3-flash", asked) == nil)
        #expect(try modalities("claude-sonnet-4-5", asked) == nil)
    }
}
