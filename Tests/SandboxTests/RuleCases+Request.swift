@testable import Sandbox

/// Cases of the rules for shape, envelope, contents, media and pairing.
enum RuleCases {
    static let shape: [RuleCase] = [
        RuleCase("unknown-name", accepted: ["request.sessionId": #""-1""#], refused: ["messages": "[]"]),
        RuleCase("unknown-name", refused: ["request.contents[0].cache_control": "{}"]),
        RuleCase(
            "unknown-name", both: ["request.tools": Piece.tool],
            refused: ["request.tools[0].functionDeclarations[0].strict": "true"]),
        RuleCase("unknown-name", refused: ["request.generationConfig": #"{"effortLevel":"low"}"#]),
        RuleCase(
            "unknown-name", refused: ["request.tools": Piece.tools(#"{"type":"object","additionalProperties":false}"#)]),
        RuleCase(
            "unknown-name",
            accepted: ["request.tools": Piece.tools(#"{"type":"object","properties":{"format":{"type":"string"}}}"#)],
            refused: [
                "request.tools": Piece.tools(#"{"type":"object","properties":{"a":{"type":"string","format":"uri"}}}"#)
            ]),
        RuleCase("unknown-name", method: .countTokens, refused: ["project": #""p""#]),
        RuleCase("unknown-name", method: .countTokens, refused: ["request.safetySettings": "[]"]),
        RuleCase(
            "both-spellings", accepted: ["request.generation_config": #"{"max_output_tokens":5}"#],
            refused: ["request.generationConfig": "{}", "request.generation_config": "{}"]),
        RuleCase(
            "value-type", accepted: ["request.generationConfig.seed": "7"],
            refused: ["request.generationConfig.seed": #""x""#]),
        RuleCase("value-type", refused: ["request.contents": "{}"]),
        RuleCase("value-type", refused: ["request.contents[0].parts[0].text": "7"]),
        RuleCase("value-type", refused: ["request.generationConfig.maxOutputTokens": "2147483648"]),
        RuleCase("value-type", refused: ["request.contents[0]": "null"]),
        RuleCase("value-type", accepted: ["request.tools": "null"], refused: ["request.tools": #""null""#]),
    ]

    static let envelope: [RuleCase] = [
        RuleCase("request-missing", refused: ["request": nil]),
        RuleCase("model-missing", refused: ["model": nil]),
        RuleCase("model-form", refused: ["model": #""models/gemini-3-flash""#]),
        RuleCase("model-form", method: .countTokens, refused: ["request.model": #""gemini-3-flash""#]),
        RuleCase("model-unknown", accepted: ["model": #""gemini-2.5-pro""#], refused: ["model": #""gemini-9""#]),
        RuleCase("project-empty", accepted: ["project": nil], refused: ["project": #""""#]),
        RuleCase("project-foreign", refused: ["project": #""somebody-elses""#]),
        RuleCase(
            "request-id-missing", accepted: ["requestId": nil, "userPromptId": #""x""#], refused: ["requestId": nil]),
        RuleCase("request-id-missing", refused: ["requestId": #""""#]),
        RuleCase("user-agent-missing", refused: ["userAgent": nil]),
        RuleCase("request-type", refused: ["requestType": #""chat""#]),
        RuleCase("request-type", refused: ["requestType": nil]),
        RuleCase(
            "request-type-search", "gemini-2.5-flash", both: ["request.tools": #"[{"googleSearch":{}}]"#],
            accepted: ["requestType": #""web_search""#], refused: ["requestType": #""agent""#]),
        RuleCase("request-type-search", refused: ["requestType": #""web_search""#]),
        RuleCase("request-type-image", "gemini-3-pro-image", accepted: ["requestType": #""image_gen""#], refused: [:]),
        RuleCase("request-type-image", refused: ["requestType": #""image_gen""#]),
        RuleCase(
            "session-id", "gemini-3-pro-image", both: ["requestType": #""image_gen""#],
            refused: ["request.sessionId": #""s""#]),
        RuleCase(
            "credit-types", accepted: ["enabledCreditTypes": #"["GOOGLE_ONE_AI"]"#],
            refused: ["enabledCreditTypes": #"["X"]"#]),
        RuleCase(
            "count-thoughts", method: .countTokens,
            accepted: ["request.contents[1]": Piece.model(#"{"text":"a"}"#)],
            refused: ["request.contents[1]": Piece.model(Piece.thought("a", nil))]),
    ]

    static let contents: [RuleCase] = [
        RuleCase("contents-empty", refused: ["request.contents": "[]"]),
        RuleCase("contents-empty", refused: ["request.contents": nil]),
        RuleCase("role", refused: ["request.contents[0].role": #""assistant""#]),
        RuleCase("role", refused: ["request.contents[0].role": nil]),
        RuleCase("parts-empty", refused: ["request.contents[0].parts": "[]"]),
        RuleCase("parts-empty", refused: ["request.systemInstruction": #"{"role":"user","parts":[]}"#]),
        RuleCase("part-empty", refused: ["request.contents[0].parts[1]": "{}"]),
        RuleCase(
            "part-empty",
            accepted: [
                "request.contents": Piece.contents(
                    Piece.user("a"),
                    Piece.model(#"{"text":"b"},{"text":"","thoughtSignature":"\#(Piece.signature(""))"}"#),
                    Piece.user("c"))
            ],
            refused: [
                "request.contents": Piece.contents(
                    Piece.user("a"), Piece.model(#"{"thoughtSignature":"\#(Piece.signature(""))"}"#), Piece.user("c"))
            ]),
        RuleCase(
            "part-several",
            refused: ["request.contents[0].parts[0].inlineData": #"{"mimeType":"image/png","data":"AAAA"}"#]),
        RuleCase(
            "first-content",
            accepted: [
                "request.contents": Piece.contents(Piece.user("a"), Piece.model(#"{"text":"b"}"#), Piece.user("c"))
            ],
            refused: ["request.contents": Piece.contents(Piece.model(#"{"text":"b"}"#), Piece.user("c"))]),
        RuleCase("last-content", refused: ["request.contents[1]": Piece.model(#"{"text":"The answer is"}"#)]),
        RuleCase(
            "call-place",
            accepted: ["request.contents": Piece.loop(Piece.call("f", signature: Piece.skip), Piece.response("f"))],
            refused: ["request.contents[0].parts[1]": Piece.call("f")]),
        RuleCase(
            "call-place",
            refused: [
                "request.contents": Piece.contents(Piece.user("a"), Piece.model(Piece.response("f")), Piece.user("c"))
            ]),
        RuleCase("thought-place", refused: ["request.contents[0].parts[0].thought": "true"]),
        RuleCase(
            "system-text", accepted: ["request.systemInstruction": Piece.user("be kind")],
            refused: [
                "request.systemInstruction": #"{"parts":[{"inlineData":{"mimeType":"image/png","data":"AAAA"}}]}"#
            ]),
        RuleCase(
            "executable-code",
            both: [
                "request.contents": Piece.contents(
                    Piece.user("a"), Piece.model(#"{"executableCode":{"language":"PYTHON","code":"1"}}"#),
                    Piece.user("c"))
            ],
            accepted: ["request.tools": #"[{"codeExecution":{}}]"#], refused: [:]),
    ]

    static let media: [RuleCase] =
        [
            RuleCase(
                "file-data",
                refused: ["request.contents[0].parts[0]": #"{"fileData":{"mimeType":"image/png","fileUri":"gs://x"}}"#]),
            RuleCase(
                "blob-mime",
                accepted: ["request.contents[0].parts[1].inlineData": #"{"mimeType":"image/png","data":"AAAA"}"#],
                refused: ["request.contents[0].parts[1].inlineData": #"{"mimeType":"image/svg+xml","data":"AAAA"}"#]),
            RuleCase("blob-mime", refused: ["request.contents[0].parts[1].inlineData": #"{"data":"AAAA"}"#]),
        ]
        + ["data:image/png;base64,AAAA", "AA-_", "AAA", "AA\\nAA", "", "A===", "AAA=AAAA"].map { data in
            RuleCase(
                "blob-base64",
                accepted: ["request.contents[0].parts[1].inlineData": #"{"mimeType":"image/png","data":"AA+\/AAA="}"#],
                refused: ["request.contents[0].parts[1].inlineData": #"{"mimeType":"image/png","data":"\#(data)"}"#])
        } + [
            RuleCase(
                "response-media", "gemini-2.5-flash",
                both: ["request.contents": Piece.loop(Piece.call("f"), Piece.response("f"))],
                refused: [
                    "request.contents[2].parts[0].functionResponse.parts":
                        #"[{"inlineData":{"mimeType":"image/png","data":"AAAA"}}]"#
                ])
        ]

    static let pairing: [RuleCase] = [
        RuleCase(
            "call-name", "gemini-2.5-flash",
            refused: ["request.contents": Piece.loop(Piece.call("1f"), Piece.response("1f"))]),
        RuleCase(
            "call-turn", "gemini-2.5-flash",
            accepted: ["request.contents": Piece.loop(Piece.call("f"), Piece.response("f"))],
            refused: [
                "request.contents": Piece.contents(
                    Piece.user("a"), Piece.model(#"{"text":"b"}"#), Piece.model(Piece.call("f")),
                    Piece.answers(Piece.response("f")))
            ]),
        RuleCase("response-turn", refused: ["request.contents[0].parts[1]": Piece.response("f")]),
        RuleCase(
            "response-count", "gemini-2.5-flash",
            accepted: [
                "request.contents": Piece.contents(
                    Piece.user("a"), Piece.model(Piece.call("f"), Piece.call("g")),
                    Piece.answers(Piece.response("f"), Piece.response("g"), #"{"text":"and"}"#))
            ],
            refused: [
                "request.contents": Piece.contents(
                    Piece.user("a"), Piece.model(Piece.call("f"), Piece.call("g")), Piece.answers(Piece.response("f")))
            ]),
        RuleCase(
            "response-count", "gemini-2.5-flash",
            refused: [
                "request.contents": Piece.contents(Piece.user("a"), Piece.model(Piece.call("f")), Piece.user("b"))
            ]),
        RuleCase(
            "response-order", "gemini-2.5-flash",
            refused: [
                "request.contents": Piece.contents(
                    Piece.user("a"), Piece.model(Piece.call("f"), Piece.call("g")),
                    Piece.answers(Piece.response("g"), Piece.response("f")))
            ]),
        RuleCase(
            "response-order", "gemini-2.5-flash",
            accepted: ["request.contents": Piece.loop(Piece.call("f", id: "1"), Piece.response("f", id: "1"))],
            refused: ["request.contents": Piece.loop(Piece.call("f", id: "1"), Piece.response("f", id: "2"))]),
        RuleCase(
            "response-missing", "gemini-2.5-flash",
            refused: ["request.contents": Piece.loop(Piece.call("f"), #"{"functionResponse":{"name":"f"}}"#)]),
        RuleCase(
            "call-id", "claude-sonnet-4-5",
            accepted: [
                "request.contents": Piece.loop(Piece.call("f", id: "toolu_1"), Piece.response("f", id: "toolu_1"))
            ],
            refused: ["request.contents": Piece.loop(Piece.call("f"), Piece.response("f"))]),
        RuleCase(
            "call-id", "claude-sonnet-4-5",
            refused: ["request.contents": Piece.loop(Piece.call("f", id: "a.b"), Piece.response("f", id: "a.b"))]),
        RuleCase(
            "call-id", "gemini-2.5-flash",
            refused: [
                "request.contents": Piece.contents(
                    Piece.user("a"), Piece.model(Piece.call("f", id: "1"), Piece.call("f", id: "1")),
                    Piece.answers(Piece.response("f", id: "1"), Piece.response("f", id: "1")))
            ]),
    ]
}
