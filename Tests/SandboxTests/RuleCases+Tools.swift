@testable import Sandbox

/// Cases of the rules for tools, schemas and the generation configuration.
extension RuleCases {
    private static let search = #"[{"googleSearch":{}}]"#

    static let tools: [RuleCase] = [
        RuleCase("tool-empty", accepted: ["request.tools": Piece.tool], refused: ["request.tools": "[{}]"]),
        RuleCase("tool-empty", refused: ["request.tools": #"[{"functionDeclarations":[]}]"#]),
        RuleCase(
            "tool-mix", both: ["requestType": #""web_search""#],
            refused: ["request.tools": #"[{"googleSearch":{}},{"functionDeclarations":[{"name":"f"}]}]"#]),
        RuleCase("search-retrieval", refused: ["request.tools": #"[{"googleSearchRetrieval":{}}]"#]),
        RuleCase(
            "search-model", "claude-sonnet-4-5", both: ["requestType": #""web_search""#, "request.tools": search],
            accepted: ["model": #""gemini-2.5-flash""#], refused: [:]),
        RuleCase(
            "function-tools",
            refused: [
                "request.tools": #"[{"functionDeclarations":[{"name":"f"}]},{"functionDeclarations":[{"name":"g"}]}]"#
            ]),
        RuleCase(
            "function-name", accepted: ["request.tools": Piece.tools(Piece.schema, name: "a.b:c-d")],
            refused: ["request.tools": Piece.tools(Piece.schema, name: "a b")]),
        RuleCase("function-name", refused: ["request.tools": Piece.tools(Piece.schema, name: "-a")]),
        RuleCase(
            "function-name",
            accepted: ["request.tools": Piece.tools(Piece.schema, name: String(repeating: "a", count: 64))],
            refused: ["request.tools": Piece.tools(Piece.schema, name: String(repeating: "a", count: 65))]),
        RuleCase(
            "function-name", "claude-sonnet-4-5", accepted: ["request.tools": Piece.tools(Piece.schema, name: "1-a_b")],
            refused: ["request.tools": Piece.tools(Piece.schema, name: "a.b")]),
        RuleCase(
            "function-duplicate", accepted: ["request.tools": Piece.twoTools],
            refused: ["request.tools": #"[{"functionDeclarations":[{"name":"a"},{"name":"a"}]}]"#]),
        RuleCase(
            "tool-mode", both: ["request.tools": Piece.tool],
            accepted: ["request.toolConfig.functionCallingConfig.mode": #""VALIDATED""#],
            refused: ["request.toolConfig.functionCallingConfig.mode": #""required""#]),
        RuleCase(
            "tool-mode-functions", accepted: ["request.toolConfig.functionCallingConfig.mode": #""NONE""#],
            refused: ["request.toolConfig.functionCallingConfig.mode": #""ANY""#]),
        RuleCase(
            "allowed-names", both: ["request.tools": Piece.tool],
            accepted: ["request.toolConfig.functionCallingConfig": #"{"mode":"ANY","allowedFunctionNames":["look"]}"#],
            refused: ["request.toolConfig.functionCallingConfig": #"{"mode":"ANY","allowedFunctionNames":["other"]}"#]),
        RuleCase(
            "allowed-names", both: ["request.tools": Piece.tool],
            refused: ["request.toolConfig.functionCallingConfig": #"{"mode":"AUTO","allowedFunctionNames":["look"]}"#]),
        RuleCase(
            "safety-settings",
            accepted: ["request.safetySettings": #"[{"category":"HARM_CATEGORY_HARASSMENT","threshold":"OFF"}]"#],
            refused: ["request.safetySettings": #"[{"category":"HARM_CATEGORY_HARASSMENT","threshold":"NEVER"}]"#]),
        RuleCase(
            "safety-settings", "claude-sonnet-4-5",
            refused: ["request.safetySettings": #"[{"category":"HARM_CATEGORY_HARASSMENT","threshold":"OFF"}]"#]),
    ]

    private static func schema(_ rule: String, accepted: String, refused: String) -> RuleCase {
        RuleCase(
            rule, accepted: ["request.tools": Piece.tools(accepted)], refused: ["request.tools": Piece.tools(refused)])
    }

    private static func property(_ rule: String, accepted: String, refused: String) -> RuleCase {
        schema(
            rule, accepted: #"{"type":"OBJECT","properties":{"a":\#(accepted)}}"#,
            refused: #"{"type":"OBJECT","properties":{"a":\#(refused)}}"#)
    }

    static let schemas: [RuleCase] = [
        schema("schema-root", accepted: #"{"type":"object","properties":{}}"#, refused: #"{"type":"string"}"#),
        property("schema-type", accepted: #"{"type":"INTEGER"}"#, refused: #"{"type":"int"}"#),
        property("schema-type", accepted: #"{"type":"string"}"#, refused: "{}"),
        property(
            "schema-items", accepted: #"{"type":"array","items":{"type":"string"}}"#, refused: #"{"type":"array"}"#),
        property(
            "schema-placement", accepted: #"{"type":"object","properties":{"b":{"type":"string"}}}"#,
            refused: #"{"type":"string","properties":{}}"#),
        property(
            "schema-placement", accepted: #"{"type":"string","enum":["x"]}"#,
            refused: #"{"type":"integer","enum":["1"]}"#),
        property(
            "schema-enum", accepted: #"{"type":"string","enum":["x","y"]}"#,
            refused: #"{"type":"string","enum":["x",""]}"#),
        property("schema-enum", accepted: #"{"type":"string"}"#, refused: #"{"type":"string","enum":["x","x"]}"#),
        schema(
            "schema-required", accepted: #"{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}"#,
            refused: #"{"type":"object","properties":{"a":{"type":"string"}},"required":["a","b"]}"#),
        schema(
            "schema-required", accepted: Piece.schema,
            refused: #"{"type":"object","properties":{"a":{"type":"string"}},"required":[]}"#),
        property("schema-depth", accepted: nested(20), refused: nested(40)),
        RuleCase(
            "schema-claude", "claude-sonnet-4-5", accepted: ["request.tools": Piece.tools(Piece.schema)],
            refused: ["request.tools": Piece.tools(#"{"type":"object","properties":{}}"#)]),
        RuleCase(
            "schema-claude", "claude-sonnet-4-5",
            refused: [
                "request.tools": Piece.tools(#"{"type":"object","properties":{"a":{"type":"string","nullable":true}}}"#)
            ]),
        RuleCase(
            "schema-type", both: ["request.generationConfig.responseMimeType": #""application/json""#],
            accepted: ["request.generationConfig.responseSchema": #"{"type":"array","items":{"type":"string"}}"#],
            refused: ["request.generationConfig.responseSchema": #"{"type":"array","items":{"type":"any"}}"#]),
    ]

    private static func nested(_ depth: Int) -> String {
        String(repeating: #"{"type":"array","items":"#, count: depth) + #"{"type":"string"}"#
            + String(repeating: "}", count: depth)
    }

    private static func config(
        _ rule: String, _ model: String = "gemini-3-flash", accepted: String = "{}", refused: String
    ) -> RuleCase {
        RuleCase(
            rule, model, accepted: ["request.generationConfig": accepted],
            refused: ["request.generationConfig": refused])
    }

    static let sampling: [RuleCase] = [
        config("max-output-tokens", accepted: #"{"maxOutputTokens":65535}"#, refused: #"{"maxOutputTokens":65536}"#),
        config("max-output-tokens", accepted: #"{"maxOutputTokens":1}"#, refused: #"{"maxOutputTokens":0}"#),
        config(
            "max-output-tokens", "claude-sonnet-4-5", accepted: #"{"maxOutputTokens":64000}"#,
            refused: #"{"maxOutputTokens":64001}"#),
        config("temperature", accepted: #"{"temperature":2}"#, refused: #"{"temperature":2.1}"#),
        config("temperature", "claude-sonnet-4-5", accepted: #"{"temperature":1}"#, refused: #"{"temperature":1.1}"#),
        config("top-p", accepted: #"{"topP":0.5}"#, refused: #"{"topP":1.5}"#),
        config("top-k", accepted: #"{"topK":40}"#, refused: #"{"topK":0}"#),
        config(
            "stop-sequences", accepted: #"{"stopSequences":["a","b","c","d","e"]}"#,
            refused: #"{"stopSequences":["a","b","c","d","e","f"]}"#),
        config("stop-sequences", refused: #"{"stopSequences":[""]}"#),
        config("candidate-count", accepted: #"{"candidateCount":1}"#, refused: #"{"candidateCount":2}"#),
        config("penalties", refused: #"{"presencePenalty":0.5}"#),
        config("logprobs", refused: #"{"responseLogprobs":true}"#),
        config(
            "response-mime", accepted: #"{"responseMimeType":"application/json"}"#,
            refused: #"{"responseMimeType":"application/xml"}"#),
        config("response-mime", "claude-sonnet-4-5", refused: #"{"responseMimeType":"application/json"}"#),
        RuleCase(
            "response-mime-tools", "gemini-2.5-flash", both: ["request.tools": Piece.tool],
            refused: ["request.generationConfig.responseMimeType": #""application/json""#]),
        RuleCase(
            "response-schema", both: ["request.generationConfig.responseSchema": Piece.schema],
            accepted: ["request.generationConfig.responseMimeType": #""application/json""#], refused: [:]),
        config(
            "response-modalities", accepted: #"{"responseModalities":["TEXT"]}"#,
            refused: #"{"responseModalities":["IMAGE"]}"#),
    ]

    private static func thinking(_ rule: String, _ model: String, accepted: String, refused: String) -> RuleCase {
        config(rule, model, accepted: #"{"thinkingConfig":\#(accepted)}"#, refused: #"{"thinkingConfig":\#(refused)}"#)
    }

    static let thinkingCases: [RuleCase] = [
        config("thinking-unsupported", "claude-sonnet-4-5", refused: #"{"thinkingConfig":{"includeThoughts":true}}"#),
        config("thinking-unsupported", "gemini-2.0-flash", refused: #"{"thinkingConfig":{"thinkingBudget":0}}"#),
        thinking(
            "thinking-both", "gemini-3-flash", accepted: #"{"thinkingLevel":"low"}"#,
            refused: #"{"thinkingLevel":"low","thinkingBudget":512}"#),
        thinking(
            "thinking-level", "gemini-3-flash", accepted: #"{"thinkingLevel":"MINIMAL"}"#,
            refused: #"{"thinkingLevel":"max"}"#),
        thinking(
            "thinking-level", "gemini-3-pro-high", accepted: #"{"thinkingBudget":8192}"#,
            refused: #"{"thinkingLevel":"high"}"#),
        thinking(
            "thinking-budget", "gemini-2.5-flash", accepted: #"{"thinkingBudget":0}"#,
            refused: #"{"thinkingBudget":24577}"#),
        thinking(
            "thinking-budget", "gemini-2.5-pro", accepted: #"{"thinkingBudget":128}"#, refused: #"{"thinkingBudget":0}"#
        ),
        thinking(
            "thinking-budget", "gemini-2.5-pro", accepted: #"{"thinkingBudget":24576}"#,
            refused: #"{"thinkingBudget":32768}"#),
        thinking(
            "thinking-budget", "claude-opus-4-5-thinking", accepted: #"{"thinkingBudget":1024}"#,
            refused: #"{"thinkingBudget":-1}"#),
        config(
            "thinking-budget-output", "claude-opus-4-5-thinking",
            accepted: #"{"maxOutputTokens":5001,"thinkingConfig":{"thinkingBudget":5000}}"#,
            refused: #"{"maxOutputTokens":5000,"thinkingConfig":{"thinkingBudget":5000}}"#),
    ]

    static let images: [RuleCase] = [
        config("image-config", refused: #"{"imageConfig":{"aspectRatio":"1:1"}}"#),
        RuleCase(
            "image-ratio", "gemini-3-pro-image", both: ["requestType": #""image_gen""#],
            accepted: ["request.generationConfig.imageConfig.aspectRatio": #""16:9""#],
            refused: ["request.generationConfig.imageConfig.aspectRatio": #""1:2""#]),
        RuleCase(
            "image-size", "gemini-3-pro-image", both: ["requestType": #""image_gen""#],
            accepted: ["request.generationConfig.imageConfig.imageSize": #""4K""#],
            refused: ["request.generationConfig.imageConfig.imageSize": #""4k""#]),
        RuleCase(
            "image-size", "gemini-2.5-flash-image", both: ["requestType": #""image_gen""#],
            refused: ["request.generationConfig.imageConfig.imageSize": #""1K""#]),
        RuleCase(
            "image-extras", "gemini-3-pro-image", both: ["requestType": #""image_gen""#],
            refused: ["request.toolConfig": #"{"functionCallingConfig":{"mode":"NONE"}}"#]),
        RuleCase(
            "image-extras", "gemini-3-pro-image", both: ["requestType": #""image_gen""#],
            refused: ["request.systemInstruction": Piece.user("x")]),
        RuleCase(
            "image-extras", "gemini-3-pro-image", both: ["requestType": #""image_gen""#],
            refused: ["request.tools": Piece.tool]),
    ]
}
