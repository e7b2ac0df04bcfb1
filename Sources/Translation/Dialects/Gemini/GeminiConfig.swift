import APIErrors
import JSON

/// Reads `generationConfig`.
enum GeminiConfig {
    static func read(_ body: JSONNode, into request: inout GenerationRequest) throws(APIFailure) {
        guard let config = body.given("generationConfig", "generation_config") else { return }
        guard config.kind == .object else { throw RequestReading.refuse(config, "must be an object") }
        request.sampling = try sampling(config)
        if let count = try RequestReading.int(config, "candidateCount", "candidate_count") {
            guard (1...choiceCountMax).contains(count) else {
                throw refuse(config, "candidateCount", "candidate_count", "must be between 1 and \(choiceCountMax)")
            }
            request.choiceCount = count
        }
        request.outputFormat = try format(config)
        try readThinking(config, into: &request)
        try readImage(config, into: &request)
        try readNative(config, into: &request)
    }

    /// Candidates side by side, each an upstream call of its own.
    private static let choiceCountMax = 8

    // MARK: Sampling

    private static func sampling(_ config: JSONNode) throws(APIFailure) -> Sampling {
        var sampling = Sampling()
        sampling.temperature = try RequestReading.number(config, "temperature", "temperature")
        sampling.topP = try RequestReading.number(config, "topP", "top_p")
        sampling.topK = try RequestReading.number(config, "topK", "top_k")
        sampling.outputTokensMax = try RequestReading.int(config, "maxOutputTokens", "max_output_tokens")
        if let limit = sampling.outputTokensMax, limit < 1 {
            throw refuse(config, "maxOutputTokens", "max_output_tokens", "must be at least 1")
        }
        if let stops = config.given("stopSequences", "stop_sequences") {
            sampling.stopSequences = try SamplingReader.stops(stops)
        }
        sampling.presencePenalty = SamplingReader.penalty(config.given("presencePenalty", "presence_penalty"))
        sampling.frequencyPenalty = SamplingReader.penalty(config.given("frequencyPenalty", "frequency_penalty"))
        // Dropped for nearly every model, like penalties.
        if config.given("responseLogprobs", "response_logprobs")?.bool == true {
            sampling.logprobs = min(max(config.given("logprobs")?.int ?? 0, 0), Sampling.logprobsMax)
        }
        sampling.seed = try RequestReading.int(config, "seed", "seed").map { Int(Int32(truncatingIfNeeded: $0)) }
        return sampling
    }

    // MARK: Form of the answer

    private static func format(_ config: JSONNode) throws(APIFailure) -> OutputFormat {
        var schema = try RequestReading.object(config, "responseSchema", "response_schema")
        if schema == nil { schema = try RequestReading.object(config, "responseJsonSchema", "response_json_schema") }
        guard let type = config.given("responseMimeType", "response_mime_type") else {
            return schema.map(OutputFormat.jsonSchema) ?? .text
        }
        switch type.string?.lowercased() {
        case "text/plain": return .text
        case "application/json": return schema.map(OutputFormat.jsonSchema) ?? .json
        case "text/x.enum":
            guard let schema else { throw RequestReading.refuse(type, "needs a responseSchema") }
            return .word(schema)
        default:
            throw RequestReading.refuse(type, "must be text/plain, application/json or text/x.enum")
        }
    }

    // MARK: Thinking

    private static func readThinking(
        _ config: JSONNode, into request: inout GenerationRequest
    ) throws(APIFailure) {
        guard let thinking = try RequestReading.object(config, "thinkingConfig", "thinking_config") else { return }
        let shown = try RequestReading.bool(thinking, "includeThoughts", "include_thoughts")
        request.showsThinking = shown == true
        if let budget = try RequestReading.int(thinking, "thinkingBudget", "thinking_budget") {
            request.thinking = budget == 0 ? .off : budget < 0 ? .effort(.auto) : .budget(budget)
            return
        }
        guard let level = thinking.given("thinkingLevel", "thinking_level") else {
            if shown == true { request.thinking = .on }
            return
        }
        guard let word = level.string?.lowercased() else { throw RequestReading.refuse(level, "must be a string") }
        if word == "thinking_level_unspecified" { return }
        guard let effort = levels[word] else {
            throw RequestReading.refuse(level, "must be MINIMAL, LOW, MEDIUM or HIGH")
        }
        request.thinking = .effort(effort)
    }

    private static let levels: [String: ThinkingWish.Effort] = [
        "minimal": .minimal, "low": .low, "medium": .medium, "high": .high,
    ]

    // MARK: Images

    private static func readImage(_ config: JSONNode, into request: inout GenerationRequest) throws(APIFailure) {
        guard let image = try RequestReading.object(config, "imageConfig", "image_config") else { return }
        request.image.yieldsSmallestSize = true
        if let ratio = image.given("aspectRatio", "aspect_ratio") {
            guard let word = ratio.string, ImageWish.aspectRatios.contains(word) else {
                throw RequestReading.refuse(
                    ratio, "must be one of \(ImageWish.aspectRatios.joined(separator: ", "))")
            }
            request.image.aspectRatio = word
        }
        guard let size = image.given("imageSize", "image_size") else { return }
        guard let word = size.string?.uppercased(), ImageWish.sizes.contains(word) else {
            throw RequestReading.refuse(size, "must be 1K, 2K or 4K")
        }
        request.image.size = word
    }

    // MARK: Members that no other dialect has

    private static func readNative(_ config: JSONNode, into request: inout GenerationRequest) throws(APIFailure) {
        let modalities = config.given("responseModalities", "response_modalities")
        for modality in modalities?.elements.map(\.self) ?? [] {
            switch modality.string?.uppercased() {
            case "TEXT", "MODALITY_UNSPECIFIED": break
            case "IMAGE": request.asksForImages = true
            default:
                throw APIFailure(
                    .unsupported, message: "\(modality.path): only text and images can be answered with",
                    param: modality.path)
            }
        }
        let members: [KnownForm.Member] = [
            ("mediaResolution", "media_resolution", .string), ("audioTimestamp", "audio_timestamp", .bool),
            ("speechConfig", "speech_config", GeminiMembers.speech),
        ]
        for member in members {
            guard let node = config.given(member.camel, member.snake), let value = member.form.cleaned(node) else {
                continue
            }
            request.native.members.append((member.camel, value))
        }
    }

    private static func refuse(
        _ node: JSONNode, _ camel: StaticString, _ snake: StaticString, _ what: String
    ) -> APIFailure {
        RequestReading.refuse(node.given(camel, snake) ?? node, what)
    }
}
