import APIErrors
import JSON
import Testing

@testable import Translation

/// What a request in Google's own form is refused for, and the member the refusal names.
@Suite struct GeminiRefusalTests {
    struct Row: CustomTestStringConvertible {
        var body: String
        var param: String?
        var situation = Situation.badRequest
        var hides = ""
        var testDescription: String { String(body.prefix(100)) }
    }

    private static func part(_ part: String) -> String { #"{"contents":[{"role":"user","parts":[\#(part)]}]}"# }
    private static func with(_ members: String) -> String { #"{"contents":"Hi",\#(members)}"# }
    private static func config(_ members: String) -> String { with(#""generationConfig":{\#(members)}"#) }

    static let rows = [
        Row(body: "[]", param: nil),
        Row(body: "{}", param: "contents"),
        Row(body: #"{"contents":[]}"#, param: "contents"),
        Row(body: #"{"contents":[{"role":"user","parts":[{}]}]}"#, param: "contents"),
        Row(body: #"{"contents":7}"#, param: "contents"),
        Row(body: #"{"contents":[7]}"#, param: "contents[0]"),
        Row(body: #"{"contents":[{"parts":7}]}"#, param: "contents[0].parts"),
        Row(body: part("7"), param: "contents[0].parts[0]"),
        Row(body: part(#"{"text":7}"#), param: "contents[0].parts[0].text"),
        Row(body: part(#"{"inlineData":{"mimeType":"image/png"}}"#), param: "contents[0].parts[0].inlineData"),
        Row(body: part(#"{"inline_data":{"data":"a!"}}"#), param: "contents[0].parts[0].inline_data.data"),
        Row(body: part(#"{"functionCall":{"args":{}}}"#), param: "contents[0].parts[0].functionCall"),
        Row(body: part(#"{"functionResponse":[]}"#), param: "contents[0].parts[0].functionResponse"),
        Row(body: part(#"{"fileData":{}}"#), param: "contents[0].parts[0].fileData"),
        Row(
            body: part(
                #"{"text":"a"},{"fileData":{"mimeType":"video/mp4","fileUri":"https://u:secret@host.example/v"}}"#),
            param: "contents[0].parts[1].fileData", situation: .unsupported, hides: "secret"),
        Row(
            body: part(#"{"functionResponse":{"name":"f","response":{},"parts":[{"fileData":{"fileUri":"gs://x"}}]}}"#),
            param: "contents[0].parts[0].functionResponse.parts[0].fileData", situation: .unsupported),
        Row(body: with(#""systemInstruction":7"#), param: "systemInstruction"),
        Row(body: with(#""cachedContent":"cachedContents/x""#), param: "cachedContent", situation: .unsupported),
        Row(body: with(#""tools":"all""#), param: "tools"),
        Row(
            body: with(#""toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["gone"]}}"#),
            param: "toolConfig.functionCallingConfig.allowedFunctionNames[0]"),
        Row(
            body: with(#""toolConfig":{"functionCallingConfig":{"mode":"SOMETIMES"}}"#),
            param: "toolConfig.functionCallingConfig.mode"),
        Row(body: with(#""safetySettings":{}"#), param: "safetySettings"),
        Row(body: with(#""generationConfig":[]"#), param: "generationConfig"),
        Row(body: config(#""temperature":"hot""#), param: "generationConfig.temperature"),
        Row(body: config(#""top_p":"all""#), param: "generationConfig.top_p"),
        Row(body: config(#""maxOutputTokens":0"#), param: "generationConfig.maxOutputTokens"),
        Row(body: config(#""candidateCount":9"#), param: "generationConfig.candidateCount"),
        Row(body: config(#""stopSequences":7"#), param: "generationConfig.stopSequences"),
        Row(body: config(#""responseMimeType":"text/html""#), param: "generationConfig.responseMimeType"),
        Row(body: config(#""responseMimeType":"text/x.enum""#), param: "generationConfig.responseMimeType"),
        Row(body: config(#""responseSchema":[]"#), param: "generationConfig.responseSchema"),
        Row(
            body: config(#""responseModalities":["TEXT","AUDIO"]"#), param: "generationConfig.responseModalities[1]",
            situation: .unsupported),
        Row(
            body: config(#""thinkingConfig":{"thinkingLevel":"EXTREME"}"#),
            param: "generationConfig.thinkingConfig.thinkingLevel"),
        Row(
            body: config(#""thinking_config":{"thinking_budget":"many"}"#),
            param: "generationConfig.thinking_config.thinking_budget"),
        Row(body: config(#""imageConfig":{"aspectRatio":"2:1"}"#), param: "generationConfig.imageConfig.aspectRatio"),
        Row(body: config(#""imageConfig":{"imageSize":"8K"}"#), param: "generationConfig.imageConfig.imageSize"),
    ]

    @Test(arguments: rows)
    func `a refusal is a 400 that names the offending member`(row: Row) throws {
        do {
            var path = try DialectPath(Array(row.body.utf8), as: DialectUnderTest.gemini.dialect)
            _ = try path.upstreamBody()
            Issue.record("served")
        } catch let failure as APIFailure {
            let isRight =
                failure.situation == row.situation && failure.param == row.param
                && failure.status(in: .gemini) == 400
                && (row.hides.isEmpty || !failure.message.contains(row.hides))
            if !isRight { Issue.record("\(failure)") }
        }
    }

    @Test func `a target that takes files gets them`() throws {
        let body = Self.part(#"{"fileData":{"mimeType":"video/mp4","fileUri":"gs://a/b","unknown":1}}"#)
        var path = try DialectPath(Array(body.utf8), as: DialectUnderTest.gemini.dialect)
        path.target.api = .gemini
        let part = try path.upstream()["contents"]?.array?.first?["parts"]?.array?.first
        #expect(part == ["fileData": ["mimeType": "video/mp4", "fileUri": "gs://a/b"]])
    }
}
