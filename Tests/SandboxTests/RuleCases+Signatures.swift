@testable import Sandbox

/// Cases of the rules for signatures and of Claude's rules.
extension RuleCases {
    private static func loop(
        _ rule: String, _ model: String = "gemini-3-flash", accepted: String? = nil, refused: String
    ) -> RuleCase {
        RuleCase(
            rule, model,
            accepted: accepted.map { ["request.contents": Piece.loop($0, Piece.response("f"))] } ?? [:],
            refused: ["request.contents": Piece.loop(refused, Piece.response("f"))])
    }

    static let signatures: [RuleCase] = [
        loop(
            "signature-form", accepted: Piece.call("f", signature: Piece.skip),
            refused: Piece.call("f", signature: "c2hvcnQ=")),
        loop("signature-form", refused: Piece.call("f", signature: String(repeating: "-", count: 80))),
        loop(
            "signature-family", accepted: Piece.call("f", signature: Piece.signature("f")),
            refused: Piece.call("f", signature: Piece.signature("f", model: "gemini-2.5-pro"))),
        loop("signature-family", refused: Piece.call("f", signature: String(repeating: "AAAA", count: 20))),
        loop("signature-family", refused: Piece.call("f", signature: ClaudeSignature.make(thought: "x"))),
        loop("signature-moved", refused: Piece.call("f", signature: Piece.signature("g"))),
        loop("signature-moved", refused: Piece.call("f", signature: Piece.signature(""))),
        RuleCase(
            "skip-word-place",
            accepted: [
                "request.contents": Piece.contents(
                    Piece.user("a"), Piece.model(Piece.call("f", signature: Piece.skip), Piece.call("g")),
                    Piece.answers(Piece.response("f"), Piece.response("g")))
            ],
            refused: [
                "request.contents": Piece.contents(
                    Piece.user("a"),
                    Piece.model(Piece.call("f", signature: Piece.skip), Piece.call("g", signature: Piece.skip)),
                    Piece.answers(Piece.response("f"), Piece.response("g")))
            ]),
        RuleCase(
            "skip-word-place",
            refused: [
                "request.contents": Piece.contents(
                    Piece.user("a"), Piece.model(#"{"text":"x","thoughtSignature":"\#(Piece.skip)"}"#), Piece.user("b"))
            ]),
        loop("signature-missing", accepted: Piece.call("f", signature: Piece.signature("f")), refused: Piece.call("f")),
        // An earlier turn is not validated; the second step of the current one is.
        RuleCase(
            "signature-missing",
            accepted: [
                "request.contents": Piece.contents(
                    Piece.user("a"), Piece.model(Piece.call("f")), Piece.answers(Piece.response("f")),
                    Piece.model(#"{"text":"done"}"#), Piece.user("b"))
            ],
            refused: [
                "request.contents": Piece.contents(
                    Piece.user("a"), Piece.model(Piece.call("f", signature: Piece.skip)),
                    Piece.answers(Piece.response("f")), Piece.model(Piece.call("f")), Piece.answers(Piece.response("f"))
                )
            ]),
        RuleCase(
            "signature-missing", "gemini-pro-agent",
            accepted: [
                "model": #""gemini-2.5-pro""#, "request.contents": Piece.loop(Piece.call("f"), Piece.response("f")),
            ],
            refused: ["request.contents": Piece.loop(Piece.call("f"), Piece.response("f"))]),
    ]

    private static let opus = "claude-opus-4-5-thinking"
    private static let made = ClaudeSignature.make(thought: "hm")
    private static let on = #"{"thinkingConfig":{"includeThoughts":true,"thinkingBudget":2048}}"#

    private static func claudeLoop(
        _ rule: String, config: String? = nil, accepted: [String]? = nil, refused: [String]
    ) -> RuleCase {
        func contents(_ parts: [String]) -> String {
            Piece.contents(
                Piece.user("a"), #"{"role":"model","parts":[\#(parts.joined(separator: ","))]}"#,
                Piece.answers(Piece.response("f", id: "t")))
        }
        return RuleCase(
            rule, opus, both: ["request.generationConfig": config ?? "{}"],
            accepted: accepted.map { ["request.contents": contents($0)] } ?? [:],
            refused: ["request.contents": contents(refused)])
    }

    private static let call = Piece.call("f", id: "t")

    static let claude: [RuleCase] = [
        claudeLoop("claude-skip-word", accepted: [call], refused: [Piece.call("f", id: "t", signature: Piece.skip)]),
        claudeLoop("claude-call-signature", refused: [Piece.call("f", id: "t", signature: made)]),
        claudeLoop(
            "claude-thought-unsigned", accepted: [Piece.thought("hm", made), call],
            refused: [Piece.thought("hm", nil), call]),
        claudeLoop("claude-signature", refused: [Piece.thought("changed", made), call]),
        claudeLoop("claude-signature", refused: [Piece.thought("hm", Piece.signature("")), call]),
        RuleCase("claude-empty-text", opus, refused: ["request.contents[0].parts[1]": #"{"text":" \n"}"#]),
        RuleCase("claude-empty-text", opus, refused: ["request.systemInstruction": Piece.user("")]),
        claudeLoop("claude-thinking-first", config: on, accepted: [Piece.thought("hm", made), call], refused: [call]),
        claudeLoop("claude-thinking-first", config: on, refused: [#"{"text":"x"}"#, call]),
        RuleCase(
            "claude-thinking-sampling", opus, both: ["request.generationConfig": on],
            accepted: ["request.generationConfig.temperature": "1"],
            refused: ["request.generationConfig.temperature": "0.5"]),
        RuleCase(
            "claude-thinking-sampling", opus, both: ["request.generationConfig": on],
            refused: ["request.generationConfig.topK": "5"]),
        RuleCase(
            "claude-sampling", opus, accepted: ["request.generationConfig": #"{"topP":0.9}"#],
            refused: ["request.generationConfig": #"{"topP":0.9,"temperature":0.2}"#]),
        RuleCase(
            "claude-forced-tool", opus, both: ["request.generationConfig": on, "request.tools": Piece.tool],
            accepted: ["request.toolConfig.functionCallingConfig.mode": #""VALIDATED""#],
            refused: ["request.toolConfig.functionCallingConfig.mode": #""ANY""#]),
    ]

    static let all =
        shape + envelope + contents + media + pairing + tools + schemas + sampling + thinkingCases + images + signatures
        + claude
}
