import GoogleAPI
import JSON

nonisolated extension StrictRules {
    /// Rules for contents and the parts in them.
    static let contents: [StrictRule] = [
        StrictRule("contents-empty", "there is at least one content", methods: StrictRule.everything) { call in
            call.contents.isEmpty
                ? .init("request.contents", "* GenerateContentRequest.contents: contents is not specified") : nil
        },
        StrictRule("role", "a content's role is user or model", methods: StrictRule.everything) { call in
            guard let content = call.contents.first(where: { !$0.isUser && !$0.isModel }) else { return nil }
            return .init("\(content.path).role", "Please use a valid role: user, model.")
        },
        StrictRule("parts-empty", "a content has parts", methods: StrictRule.everything) { call in
            guard let content = (call.contents + [call.system].compactMap { $0 }).first(where: { $0.parts.isEmpty })
            else { return nil }
            return .init(
                "\(content.path).parts", "Unable to submit request because it must include at least one parts field.")
        },
        StrictRule("part-empty", "a part has a payload", methods: StrictRule.everything) { call in
            guard let part = call.allParts.first(where: { $0.payloads.isEmpty }) else { return nil }
            return .init(part.path, "\(part.path).data: required oneof field 'data' must have one initialized field")
        },
        StrictRule("part-several", "a part has one payload", methods: StrictRule.everything) { call in
            guard let part = call.allParts.first(where: { $0.payloads.count > 1 }) else { return nil }
            let names = part.payloads.map(\.rawValue).joined(separator: ", ")
            return .init(
                part.path, "Invalid value at '\(part.path)' (oneof), oneof field 'data' is already set: \(names).")
        },
        StrictRule("first-content", "the first content is the user's", methods: StrictRule.everything) { call in
            call.contents.first?.isUser == true
                ? nil : .init("request.contents[0]", "Please ensure that the first content has the role user.")
        },
        StrictRule("last-content", "the last content is the user's") { call in
            call.contents.last?.isUser == true
                ? nil : .init(call.contents.last?.path ?? "", "Please ensure that the last content has the role user.")
        },
        StrictRule("call-place", "calls are the model's, responses the user's", methods: StrictRule.everything) {
            call in
            for content in call.contents {
                let wrong = content.isUser ? content.calls.first : content.responses.first
                if let wrong {
                    return .init(
                        wrong.path, "A function call belongs into a model turn, its response into a user turn.")
                }
            }
            return nil
        },
        StrictRule("thought-place", "only the model thinks") { call in
            let users = call.contents.filter(\.isUser).flatMap(\.parts) + (call.system?.parts ?? [])
            guard let part = users.first(where: { $0.isThought || $0.signature != nil }) else { return nil }
            return .init(part.path, "Thought parts and signatures belong into a model turn.")
        },
        StrictRule("system-text", "the system instruction is text", methods: StrictRule.everything) { call in
            guard let part = call.system?.parts.first(where: { $0.payload != .text }) else { return nil }
            return .init(part.path, "System instruction supports only text.")
        },
        StrictRule("executable-code", "code parts need the code execution tool") { call in
            if call.tools.contains(where: { $0.field("codeExecution", "code_execution") != nil }) { return nil }
            guard
                let part = call.parts.first(where: {
                    $0.payload == .executableCode || $0.payload == .codeExecutionResult
                })
            else { return nil }
            return .init(part.path, "Code execution is not enabled for this request.")
        },
    ]
}

nonisolated extension UpstreamCall {
    /// Parts of the contents and of the system instruction.
    var allParts: [PartView] { parts + (system?.parts ?? []) }
}
