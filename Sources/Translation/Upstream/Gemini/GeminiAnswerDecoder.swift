import JSON

/// Reads answers of Google's generation APIs, wrapped in Code Assist's envelope or bare, streamed or whole.
///
/// Lenient: unknown members and parts are passed over, both spellings of a member are read.
struct GeminiAnswerDecoder: AnswerDecoder {
    private var shaper: AnswerShaper
    private var fence: FenceStripper?
    private var hasStarted = false
    /// Parts of the payload under way as the client gets them, and whether they are other than they came.
    private var parts: [PayloadWriter.Part] = []
    private var isEdited = false
    private var hasCandidate = false
    /// Of the whole answer: the upstream's own, else the trace's.
    private var responseID: JSONString?

    init(_ shaper: AnswerShaper) {
        self.shaper = shaper
        fence = shaper.stripsFence ? FenceStripper() : nil
    }

    mutating func decode(_ payload: [UInt8], into events: inout [GenerationEvent]) throws(UpstreamAnswerError) {
        // Google sends no end marker; some proxies do.
        if payload.starts(with: "[DONE]".utf8) { return }
        let document: JSONDocument
        do {
            document = try JSONDocument(parsing: payload)
        } catch {
            throw .malformed(reason: "\(error)")
        }
        let root = document.root
        if root.kind == .array {
            for element in root.elements { try decode(element, payload, &events) }
        } else {
            try decode(root, payload, &events)
        }
    }

    mutating func finish(into events: inout [GenerationEvent]) {
        if let rest = fence?.finish(), !rest.isEmpty {
            events.append(.text(rest))
            if shaper.keepsPayloads { events.append(.payload(PayloadWriter.payload(saying: rest))) }
        }
        fence = nil
    }

    private mutating func decode(
        _ envelope: JSONNode, _ payload: [UInt8], _ events: inout [GenerationEvent]
    ) throws(UpstreamAnswerError) {
        guard envelope.kind == .object else { throw .malformed(reason: "the answer is no JSON object") }
        if let error = envelope["error"], !error.isNull { throw .reported(payload: payload) }
        let response = envelope["response"] ?? envelope
        guard response.kind == .object else { throw .malformed(reason: "the answer is no JSON object") }
        if let error = response["error"], !error.isNull { throw .reported(payload: RawJSON(response).bytes) }
        start(response, &events)
        decodeAnswer(response, &events)
        if shaper.keepsPayloads { events.append(.payload(takePayload(of: response, in: envelope))) }
    }

    private mutating func takePayload(of response: JSONNode, in envelope: JSONNode) -> RawJSON {
        if response["candidates"]?.elements.first != nil { hasCandidate = true }
        if parts.isEmpty, hasCandidate, shaper.fillsPayloads {
            parts = [.rest("")]
            isEdited = true
        }
        responseID = responseID ?? PayloadWriter.identifier(of: response)?.text ?? envelope["traceId"]?.text
        let writer = PayloadWriter(
            parts: isEdited ? parts : nil, responseID: responseID, addsCallIDs: shaper.needsCallIDs)
        parts = []
        isEdited = false
        return writer.payload(of: response)
    }

    private mutating func decodeAnswer(_ response: JSONNode, _ events: inout [GenerationEvent]) {
        // First, because some dialects say at the beginning what the prompt cost.
        if let usage = response["usageMetadata"] ?? response["usage_metadata"], usage.kind == .object {
            events.append(.usage(UsageReader.read(usage)))
        }
        if let candidate = response["candidates"]?.elements.first {
            decodeParts(candidate["content"]?["parts"], &events)
            if let result = candidate["logprobsResult"] ?? candidate["logprobs_result"] {
                LogprobsReader.read(result).map { events.append(.logprobs($0)) }
            }
            if let grounding = candidate["groundingMetadata"] ?? candidate["grounding_metadata"] {
                GroundingReader.read(grounding).map { events.append(.grounding($0)) }
            }
            if let reason = candidate["finishReason"] ?? candidate["finish_reason"],
                let word = FinishReason(upstream: reason)
            {
                flushFence(&events)
                events.append(.finished(word))
            }
        } else if let feedback = response["promptFeedback"] ?? response["prompt_feedback"],
            feedback["blockReason"] ?? feedback["block_reason"] != nil
        {
            events.append(.finished(.promptBlocked))
        }
    }

    private mutating func start(_ response: JSONNode, _ events: inout [GenerationEvent]) {
        guard !hasStarted else { return }
        hasStarted = true
        events.append(
            .start(
                AnswerStart(
                    responseID: response["responseId"]?.string, modelVersion: response["modelVersion"]?.string)))
    }

    private mutating func decodeParts(_ parts: JSONNode?, _ events: inout [GenerationEvent]) {
        guard let parts else { return }
        for part in parts.elements { decode(part, &events) }
    }

    private mutating func decode(_ part: JSONNode, _ events: inout [GenerationEvent]) {
        let signature = (part["thoughtSignature"] ?? part["thought_signature"])?.text
        let isThought = part["thought"]?.bool == true
        if let text = part["text"]?.text {
            decode(text, of: part, isThought: isThought, signature: signature, &events)
        } else if let call = part["functionCall"] ?? part["function_call"] {
            flushFence(&events)
            decode(call, of: part, signature: signature, &events)
        } else if let data = part["inlineData"] ?? part["inline_data"] {
            // Thought media are drafts, not results.
            if !isThought, let media = media(data) { events.append(.media(media)) }
            keep(.unchanged(part))
        } else if let code = part["executableCode"] ?? part["executable_code"] {
            append(CodeBlock.text(code["code"], language: "python"), &events)
            keep(.unchanged(part))
        } else if let result = part["codeExecutionResult"] ?? part["code_execution_result"] {
            append(CodeBlock.text(result["output"], language: ""), &events)
            keep(.unchanged(part))
        } else {
            if let signature { events.append(isThought ? .thinkingSignature(signature) : .textSignature(signature)) }
            keep(.unchanged(part))
        }
    }

    private mutating func decode(
        _ text: JSONString, of part: JSONNode, isThought: Bool, signature: JSONString?,
        _ events: inout [GenerationEvent]
    ) {
        if isThought {
            if !text.isEmpty, shaper.showsThinking { events.append(.thinking(text)) }
            if let signature { events.append(.thinkingSignature(signature)) }
            if shaper.hidesThoughts { isEdited = true } else { keep(.unchanged(part)) }
        } else {
            let shown = append(text, &events)
            if let signature { events.append(.textSignature(signature)) }
            if shown == text {
                keep(.unchanged(part))
            } else {
                isEdited = true
                if !shown.isEmpty || signature != nil { keep(.text(part, shown)) }
            }
        }
    }

    private mutating func decode(
        _ node: JSONNode, of part: JSONNode, signature: JSONString?, _ events: inout [GenerationEvent]
    ) {
        guard let call = shaper.call(node, signature: signature) else {
            isEdited = true
            return
        }
        events.append(.toolCall(call))
        guard shaper.keepsPayloads else { return }
        let isSame =
            node["name"]?.hasContent(call.name) == true && (node["id"] != nil || !shaper.needsCallIDs)
            && (node["args"].map { RawJSON($0) == call.arguments } ?? true)
        if !isSame { isEdited = true }
        keep(isSame ? .unchanged(part) : .call(part, call))
    }

    private mutating func keep(_ part: PayloadWriter.Part) {
        if shaper.keepsPayloads { parts.append(part) }
    }

    /// - Returns: what of the text is shown now.
    @discardableResult private mutating func append(
        _ text: JSONString, _ events: inout [GenerationEvent]
    ) -> JSONString {
        guard !text.isEmpty else { return text }
        let shown = fence?.feed(text) ?? text
        if !shown.isEmpty { events.append(.text(shown)) }
        return shown
    }

    private mutating func flushFence(_ events: inout [GenerationEvent]) {
        guard let rest = fence?.finish(), !rest.isEmpty else { return }
        events.append(.text(rest))
        keep(.rest(rest))
        isEdited = true
    }

    private func media(_ node: JSONNode) -> Media? {
        guard let data = node["data"], data.kind == .string else { return nil }
        // Pictures have megabytes: as a rule they are as they must be, and are copied once.
        let copied = data.withEscapedContent { Base64.isNormal($0) ? Array($0) : nil }
        guard let bytes = (copied ?? nil) ?? Base64.normalize((data.string ?? "").utf8) else { return nil }
        let mime = (node["mimeType"] ?? node["mime_type"])?.string ?? "image/png"
        return Media(mimeType: mime, data: Base64Text(owned: bytes))
    }
}
