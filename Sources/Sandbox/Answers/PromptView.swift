import JSON

/// What an answer is made from: the last thing the user said, and what tools have answered since.
nonisolated struct PromptView: Sendable {
    /// Last text of the last user content that holds one; empty if there is none.
    let text: String
    let markers: PromptMarkers?
    /// Names and results of the function responses in the last content.
    let responses: [(name: String, result: String)]
    /// Model contents with calls in the current turn.
    let roundCount: Int

    init(_ call: UpstreamCall) {
        let texts = call.contents.last { $0.isOrdinary }?.parts.compactMap(\.text) ?? []
        markers = texts.lazy.compactMap { PromptMarkers($0) }.first
        text = texts.last { !$0.allSatisfy(\.isWhitespace) } ?? ""
        responses = (call.contents.last?.responses ?? []).map { part in
            let response = part.response?.field("response")
            let result = response?["result"] ?? response?["output"] ?? response
            return (part.functionName, Self.shown(result))
        }
        roundCount =
            call.contents[min(call.currentTurnStart, call.contents.count)...].filter { !$0.calls.isEmpty }.count
    }

    private static func shown(_ node: JSONNode?) -> String {
        guard let node else { return "nothing" }
        let text = node.string ?? node.withRawBytes { String(decoding: $0.prefix(200), as: UTF8.self) }
        return String(text.prefix(200))
    }
}
