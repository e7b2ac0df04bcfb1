import APIErrors
import JSON
import Testing
import Translation

@testable import Worker

struct ModelDetectionTests {
    static func detect(_ body: JSONValue, policy: TranslationSettings.UnknownModelPolicy = .passthrough) throws
        -> JSONValue
    {
        var settings = TranslationSettings()
        settings.unknownModel = policy
        let router = ModelRouter(customMapping: ["mine": "gemini-3-flash"], settings: settings)
        return try JSONValue(
            parsing: ModelDetection.answer(try RequestBody(body.serialized, contentType: nil), router: router))
    }

    @Test(arguments: [
        ("mine", "gemini-3-flash", "agent", false, false),
        ("gpt-4o-online", "gemini-2.5-flash", "web_search", true, false),
        ("claude-sonnet-4-5-online", "gemini-2.5-flash", "web_search", true, false),
        ("dall-e-3", "gemini-3-pro-image", "image_gen", false, true),
    ])
    func `a name is told what it comes to`(name: String, mapped: String, type: String, search: Bool, image: Bool) throws
    {
        let answer = try Self.detect(["model": .string(name)])
        #expect(answer["model"] == .string(name) && answer["mapped_model"] == .string(mapped))
        #expect(answer["type"] == .string(type))
        #expect(answer["features"] == ["has_web_search": .bool(search), "is_image_gen": .bool(image)])
        #expect((answer["config"] != nil) == image)
    }

    @Test func `the form of pictures in a name is told`() throws {
        let answer = try Self.detect(["model": "gemini-3-pro-image-4k-16x9"])
        #expect(answer["config"] == ["imageConfig": ["aspectRatio": "16:9", "imageSize": "4K"]])
    }

    @Test(arguments: [[:], ["model": ""], ["model": 5], ["model": .null]] as [JSONValue])
    func `a missing model is refused`(body: JSONValue) {
        #expect(throws: APIFailure.badRequest("model is required", param: "model")) { try Self.detect(body) }
    }

    @Test func `a name that is too long for a model is refused`() throws {
        let longest = String(repeating: "m", count: ModelRouter.nameSizeMaxBytes)
        #expect(try Self.detect(["model": .string(longest)])["model"] == .string(longest))
        #expect(throws: APIFailure.self) { try Self.detect(["model": .string(longest + "m")]) }
    }

    @Test func `a model that the policy refuses is not found`() {
        #expect(throws: APIFailure.self) { try Self.detect(["model": "nobody"], policy: .reject) }
    }
}
