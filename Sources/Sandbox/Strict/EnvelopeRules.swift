import GoogleAPI
import JSON

nonisolated extension StrictRules {
    /// Rules for what stands around the inner request.
    static let envelope: [StrictRule] = [
        StrictRule("request-missing", "`request` is required", methods: StrictRule.everything) { call in
            call.request == nil ? .init("request", "Request contains an invalid argument: request is required.") : nil
        },
        StrictRule("model-missing", "`model` is required", methods: StrictRule.everything) { call in
            call.model.isEmpty ? .init("model", "Request contains an invalid argument: model is required.") : nil
        },
        StrictRule(
            "model-form", "`model` is a bare id; countTokens alone takes `models/ID`", methods: StrictRule.everything
        ) { call in
            if call.method == .countTokens {
                let named = call.request?.field("model")?.string ?? ""
                return named.hasPrefix("models/")
                    ? nil : .init("request.model", "Invalid model name \(named): models/ID expected.")
            }
            return call.model.contains("/") ? .init("model", "Invalid model name \(call.model).") : nil
        },
        StrictRule("model-unknown", "the account offers the model", methods: StrictRule.everything) { call in
            call.api == .gemini || ModelCatalog.offers(call.model)
                ? nil : .init("model", "models/\(call.model) is not found for API version v1internal.", status: 404)
        },
        StrictRule("project-empty", "an unknown project is left out, never empty") { call in
            guard let project = call.envelope.field("project")?.string else { return nil }
            return project.isEmpty ? .init("project", "Invalid project resource name projects/") : nil
        },
        StrictRule("project-foreign", "the project belongs to the token's account") { call in
            guard let project = call.envelope.field("project")?.string, project != call.project else { return nil }
            return .init("project", "Permission denied on resource project \(project).", status: 403)
        },
        StrictRule("request-id-missing", "every call carries an id") { call in
            let ids = [
                call.envelope.field("requestId", "request_id"), call.envelope.field("userPromptId", "user_prompt_id"),
            ]
            return ids.contains { $0?.string?.isEmpty == false }
                ? nil : .init("request_id", "Request contains an invalid argument: request_id is required.")
        },
        StrictRule("request-id-repeated", "no id is used twice") { call in
            call.isRequestIDRepeated ? .init("request_id", "Request with this request_id was seen before.") : nil
        },
        StrictRule(
            "user-agent-missing", "`userAgent` says who calls, unless the call has the form of the command line client"
        ) { call in
            if call.envelope.field("userPromptId", "user_prompt_id") != nil { return nil }
            return call.envelope.field("userAgent", "user_agent")?.string?.isEmpty == false
                ? nil : .init("user_agent", "Request contains an invalid argument: user_agent is required.")
        },
        StrictRule("request-type", "`requestType` is agent, web_search or image_gen") { call in
            guard let type = call.requestType else {
                return call.envelope.field("userPromptId", "user_prompt_id") == nil
                    ? .init("request_type", "Request contains an invalid argument: request_type is required.") : nil
            }
            return ["agent", "web_search", "image_gen"].contains(type)
                ? nil : .init("request_type", "Invalid request_type \(type).")
        },
        StrictRule("request-type-search", "web_search goes with googleSearch alone, and googleSearch with web_search") {
            call in
            let isSearch = call.requestType == "web_search"
            if isSearch != call.hasSearch, call.requestType != nil {
                return .init("request_type", "request_type web_search and the tool google_search go together.")
            }
            return nil
        },
        StrictRule("request-type-image", "image_gen goes with image models and image models with image_gen") { call in
            guard call.requestType != nil, (call.requestType == "image_gen") != call.facts.isImage else { return nil }
            return .init("request_type", "request_type image_gen and model \(call.model) do not go together.")
        },
        StrictRule("session-id", "web_search and image_gen carry no session") { call in
            guard call.requestType == "web_search" || call.requestType == "image_gen",
                call.request?.field("sessionId", "session_id") != nil
            else { return nil }
            return .init("request.session_id", "session_id is not allowed for this request_type.")
        },
        StrictRule("credit-types", "the only credit type is GOOGLE_ONE_AI") { call in
            let types =
                call.envelope.field("enabledCreditTypes", "enabled_credit_types").map { Array($0.elements) } ?? []
            return types.allSatisfy { $0.equals("GOOGLE_ONE_AI") }
                ? nil : .init("enabled_credit_types", "Invalid value at 'enabled_credit_types'.")
        },
        StrictRule("count-thoughts", "countTokens takes no thought parts", methods: StrictRule.counting) { call in
            guard let part = call.parts.first(where: { $0.isThought || $0.signature != nil }) else { return nil }
            return .init(part.path, "Thought parts are not supported by countTokens.")
        },
    ]
}
