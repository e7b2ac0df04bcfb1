import GoogleAPI
import JSON

nonisolated extension StrictRules {
    /// Rules for thought signatures of Gemini models (Gemini API, "Thought signatures").
    static let signatures: [StrictRule] = [
        StrictRule("signature-form", "a signature is base64 of at least 50 characters, or the skip word") { call in
            for part in call.signedParts {
                let signature = part.signature ?? ""
                if SkipWord.all.contains(signature) { continue }
                if signature.utf8.count < 50 || Base64.decode(signature) == nil {
                    return .init("\(part.path).thought_signature", "Thought signature is not valid.")
                }
            }
            return nil
        },
        StrictRule("signature-family", "a signature belongs to the model's family") { call in
            guard !call.isClaude, !call.facts.isImage else { return nil }
            for part in call.signedParts {
                guard let signature = part.signature, !SkipWord.all.contains(signature) else { continue }
                guard let made = MadeSignature(signature), made.family == MadeSignature.family(of: call.model) else {
                    return .init("\(part.path).thought_signature", "Corrupted thought signature.")
                }
            }
            return nil
        },
        StrictRule("signature-moved", "a signature stays in the part it came with") { call in
            guard !call.isClaude, !call.facts.isImage else { return nil }
            for part in call.signedParts {
                guard let made = part.signature.flatMap({ MadeSignature($0) }) else { continue }
                if made.functionName != part.functionName {
                    return .init(
                        "\(part.path).thought_signature", "Thought signature is not valid: it came with another part.")
                }
            }
            return nil
        },
        StrictRule("skip-word-place", "the skip word stands on the first call of a content and nowhere else") { call in
            guard !call.isClaude else { return nil }
            for content in call.contents {
                let firstCall = content.parts.firstIndex(where: \.isCall)
                for (index, part) in content.parts.enumerated()
                where SkipWord.all.contains(part.signature ?? "") && index != firstCall {
                    return .init(
                        "\(part.path).thought_signature",
                        "Thought signature is not valid: the skip word is not needed here.")
                }
            }
            return nil
        },
        StrictRule(
            "signature-missing", "in the current turn, the first call of each model content is signed (Gemini 3)"
        ) { call in
            guard call.facts.family == .gemini3, !call.facts.isImage else { return nil }
            for content in call.contents[min(call.currentTurnStart, call.contents.count)...] where content.isModel {
                guard let first = content.calls.first, first.signature == nil else { continue }
                return .init(
                    first.path,
                    "Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly: function call `\(first.functionName)`."
                )
            }
            return nil
        },
    ]
}

nonisolated extension UpstreamCall {
    var signedParts: [PartView] { parts.filter { $0.signature != nil } }
}

/// Values that Gemini documents for calls that did not come from it.
nonisolated enum SkipWord {
    static let all: Set<String> = ["skip_thought_signature_validator", "context_engineering_is_the_way_to_go"]
}
