import GoogleAPI
import JSON

nonisolated extension StrictRules {
    /// Rules for `generationConfig` but thinking and images.
    static let sampling: [StrictRule] = [
        StrictRule("max-output-tokens", "the output limit is between 1 and the model's") { call in
            guard let limit = call.configInt("maxOutputTokens", "max_output_tokens") else { return nil }
            if (1...call.facts.outputTokensMax).contains(limit) { return nil }
            return .init(
                "request.generation_config.max_output_tokens",
                "Unable to submit request because it has a maxOutputTokens value of \(limit) but the supported range is from 1 (inclusive) to \(call.facts.outputTokensMax + 1) (exclusive)."
            )
        },
        StrictRule("temperature", "temperature is within 0 to 2, for Claude to 1") { call in
            call.outside("temperature", "temperature", 0...(call.isClaude ? 1 : 2))
        },
        StrictRule("top-p", "topP is within 0 to 1") { call in call.outside("topP", "top_p", 0...1) },
        StrictRule("top-k", "topK is a whole number from 1") { call in
            guard let value = call.configNumber("topK", "top_k") else { return nil }
            return value >= 1 && value <= 1_000_000 && value == Double(Int(value))
                ? nil
                : .init(
                    "request.generation_config.top_k",
                    "Unable to submit request because it has a topK value of \(value) but the supported range starts at 1."
                )
        },
        StrictRule("stop-sequences", "at most five stop sequences, none empty") { call in
            guard let list = call.config?.field("stopSequences", "stop_sequences") else { return nil }
            if list.count > 5 || list.elements.contains(where: { $0.string?.isEmpty ?? true }) {
                return .init(
                    "request.generation_config.stop_sequences",
                    "Unable to submit request because stopSequences holds \(list.count) entries; at most 5 non-empty ones are supported."
                )
            }
            return nil
        },
        StrictRule("candidate-count", "one candidate") { call in
            guard let count = call.configInt("candidateCount", "candidate_count"), count != 1 else { return nil }
            return .init(
                "request.generation_config.candidate_count", "Multiple candidates is not enabled for this model.")
        },
        StrictRule("penalties", "penalties are not enabled") { call in
            let isSet =
                call.config?.field("presencePenalty", "presence_penalty") != nil
                || call.config?.field("frequencyPenalty", "frequency_penalty") != nil
            return isSet ? .init("request.generation_config", "Penalty is not enabled for this model.") : nil
        },
        StrictRule("logprobs", "logprobs are not enabled") { call in
            let isSet =
                call.config?.field("responseLogprobs", "response_logprobs") != nil
                || call.config?.field("logprobs") != nil
            return isSet ? .init("request.generation_config", "Logprobs is not enabled for this model.") : nil
        },
        StrictRule("response-mime", "the answer's type is text, JSON or an enum word") { call in
            let path = "request.generation_config.response_mime_type"
            guard let type = call.config?.field("responseMimeType", "response_mime_type")?.string else { return nil }
            if call.isClaude { return .init(path, "response_mime_type is not supported for \(call.model).") }
            return ["text/plain", "application/json", "text/x.enum"].contains(type)
                ? nil
                : .init(path, "Unable to submit request because responseMimeType \(type.prefix(60)) is not supported.")
        },
        StrictRule("response-mime-tools", "before Gemini 3, no response type beside functions") { call in
            guard call.facts.family == .gemini25 || call.facts.family == .geminiOld, !call.declarations.isEmpty,
                let type = call.config?.field("responseMimeType", "response_mime_type")?.string, type != "text/plain"
            else { return nil }
            return .init(
                "request.generation_config", "Function calling with a response mime type: '\(type)' is unsupported")
        },
        StrictRule("response-schema", "an answer's schema needs a response type") { call in
            let schema = call.config?.field("responseSchema", "response_schema")
            let free = call.config?.field("responseJsonSchema", "response_json_schema")
            guard schema != nil || free != nil else { return nil }
            let path = "request.generation_config.response_schema"
            if call.isClaude { return .init(path, "response_schema is not supported for \(call.model).") }
            if schema != nil, free != nil {
                return .init(path, "Only one of response_schema and response_json_schema may be set.")
            }
            let type = call.config?.field("responseMimeType", "response_mime_type")?.string
            return type == "application/json" || type == "text/x.enum"
                ? nil : .init(path, "response_schema is only supported with response_mime_type application/json.")
        },
        StrictRule("response-modalities", "modalities are TEXT, and IMAGE for image models") { call in
            guard let list = call.config?.field("responseModalities", "response_modalities") else { return nil }
            let allowed: Set<String> = call.facts.isImage ? ["TEXT", "IMAGE"] : ["TEXT"]
            return list.elements.allSatisfy { allowed.contains($0.string ?? "") } && list.count > 0
                ? nil
                : .init(
                    "request.generation_config.response_modalities",
                    "The requested combination of response modalities is not supported by the model.")
        },
    ]
}

nonisolated extension UpstreamCall {
    func configNumber(_ camel: StaticString, _ snake: StaticString) -> Double? {
        let node = config?.field(camel, snake)
        return node?.double ?? node?.string.flatMap { Double($0) }
    }

    func configInt(_ camel: StaticString, _ snake: StaticString) -> Int? {
        let node = config?.field(camel, snake)
        return node?.int ?? node?.string.flatMap { Int($0) }
    }

    func outside(
        _ camel: StaticString, _ snake: StaticString, _ range: ClosedRange<Double>
    ) -> StrictRule.Finding? {
        guard let value = configNumber(camel, snake), !range.contains(value) else { return nil }
        return .init(
            "request.generation_config.\(snake)",
            "Unable to submit request because it has a \(camel) value of \(value) but the supported range is from \(range.lowerBound) (inclusive) to \(range.upperBound) (inclusive)."
        )
    }
}
