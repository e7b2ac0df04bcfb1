import JSON

/// The members of an answer object that say something, found in one pass. Both spellings of a name are one member, and of
/// several with one name the last counts.
struct AnswerMembers {
    var error: JSONView?
    var candidates: JSONView?
    var usage: JSONView?
    var promptFeedback: JSONView?
    var responseID: JSONView?

    init(_ answer: JSONView) {
        for (name, value) in answer.members {
            switch name {
            case "candidates": candidates = value
            case "usageMetadata", "usage_metadata": usage = value
            case "responseId", "response_id": responseID = value
            case "promptFeedback", "prompt_feedback": promptFeedback = value
            case "error": error = value
            default: break
            }
        }
    }

    /// The first one, and the only one that is read.
    var candidate: JSONView? {
        var elements = candidates?.elements
        return elements?.next()
    }

    /// The prompt was refused.
    var isBlocked: Bool {
        guard let promptFeedback else { return false }
        for (name, _) in promptFeedback.members {
            switch name {
            case "blockReason", "block_reason": return true
            default: break
            }
        }
        return false
    }
}

/// The same for a candidate.
struct CandidateMembers {
    var parts: JSONView?
    var finishReason: JSONView?
    var grounding: JSONView?
    var logprobs: JSONView?

    init(_ candidate: JSONView) {
        for (name, value) in candidate.members {
            switch name {
            case "content": parts = Self.parts(of: value)
            case "finishReason", "finish_reason": finishReason = value
            case "groundingMetadata", "grounding_metadata": grounding = value
            case "logprobsResult", "logprobs_result": logprobs = value
            default: break
            }
        }
    }

    private static func parts(of content: JSONView) -> JSONView? {
        var parts: JSONView?
        for (name, value) in content.members {
            switch name {
            case "parts": parts = value
            default: break
            }
        }
        return parts
    }
}

/// The same for a part.
struct PartMembers {
    var text: JSONView?
    var isThought = false
    var signature: JSONView?
    var call: JSONView?
    var media: JSONView?
    var code: JSONView?
    var codeResult: JSONView?

    init(_ part: JSONView) {
        for (name, value) in part.members {
            switch name {
            case "text": text = value
            case "thought": isThought = value.bool == true
            case "thoughtSignature", "thought_signature": signature = value
            case "functionCall", "function_call": call = value
            case "inlineData", "inline_data": media = value
            case "executableCode", "executable_code": code = value
            case "codeExecutionResult", "code_execution_result": codeResult = value
            default: break
            }
        }
    }
}
