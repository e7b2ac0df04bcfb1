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

    init(_ shaper: consuming AnswerShaper) {
        fence = shaper.stripsFence ? FenceStripper() : nil
        self.shaper = shaper
    }

    mutating func decode(_ payload: [UInt8], into events: inout [GenerationEvent]) throws(UpstreamAnswerError) {
        // Google sends no end marker; some proxies do.
        if payload.first == UInt8(ascii: "["), payload.starts(with: "[DONE]".utf8) { return }
        let document: JSONDocument
        do {
            document = try JSONDocument(parsing: payload)
        } catch {
            throw .malformed(reason: "\(error)")
        }
        try document.walk { root throws(UpstreamAnswerError) in
            if root.isArray {
                for element in root.elements { try decode(element, payload, &events) }
            } else {
                try decode(root, payload, &events)
            }
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
        _ envelope: JSONView, _ payload: [UInt8], _ events: inout [GenerationEvent]
    ) throws(UpstreamAnswerError) {
        guard envelope.isObject else { throw .malformed(reason: "the answer is no JSON object") }
        var response = envelope
        var traceID: JSONView?
        var error: JSONView?
        for (name, value) in envelope.members {
            switch name {
            case "response": response = value
            case "traceId": traceID = value
            case "error": error = value
            default: break
            }
        }
        if let error, !error.isNull { throw .reported(payload: payload) }
        guard response.isObject else { throw .malformed(reason: "the answer is no JSON object") }
        let answer = AnswerMembers(response)
        if let error = answer.error, !error.isNull { throw .reported(payload: RawJSON(response.node).array) }
        if !hasStarted {
            hasStarted = true
            events.append(.start)
        }
        decode(answer, &events)
        if shaper.keepsPayloads { events.append(.payload(takePayload(of: response, answer, traceID))) }
    }

    private mutating func takePayload(of response: JSONView, _ answer: AnswerMembers, _ traceID: JSONView?) -> RawJSON {
        if answer.candidate != nil { hasCandidate = true }
        if parts.isEmpty, hasCandidate, shaper.fillsPayloads {
            parts = [.rest("")]
            isEdited = true
        }
        if responseID == nil { responseID = (answer.responseID?.string ?? traceID?.string)?.detached }
        // An `error` that is null is none, but clients look no further than the name.
        let writer = PayloadWriter(
            parts: isEdited ? parts : nil, responseID: answer.responseID == nil ? responseID : nil,
            dropsError: answer.error != nil, addsCallIDs: shaper.needsCallIDs)
        parts.removeAll(keepingCapacity: true)
        isEdited = false
        return writer.payload(of: response.node)
    }

    private mutating func decode(_ answer: AnswerMembers, _ events: inout [GenerationEvent]) {
        // First, because some dialects say at the beginning what the prompt cost.
        if let usage = answer.usage, usage.isObject { events.append(.usage(UsageReader.read(usage))) }
        if let candidate = answer.candidate {
            decode(CandidateMembers(candidate), &events)
        } else if answer.isBlocked {
            events.append(.finished(.promptBlocked))
        }
    }

    private mutating func decode(_ candidate: CandidateMembers, _ events: inout [GenerationEvent]) {
        if let parts = candidate.parts {
            for part in parts.elements { decode(part, &events) }
        }
        if let result = candidate.logprobs { LogprobsReader.read(result.node).map { events.append(.logprobs($0)) } }
        if let grounding = candidate.grounding {
            GroundingReader.read(grounding.node).map { events.append(.grounding($0)) }
        }
        if let reason = candidate.finishReason, let word = FinishReason(upstream: reason) {
            flushFence(&events)
            events.append(.finished(word))
        }
    }

    private mutating func decode(_ part: JSONView, _ events: inout [GenerationEvent]) {
        let members = PartMembers(part)
        // Signatures are kept for longer than their event.
        let signature = members.signature?.string?.detached
        let isThought = members.isThought
        if let text = members.text?.string {
            decode(text, of: part, isThought: isThought, signature: signature, &events)
        } else if let call = members.call {
            flushFence(&events)
            decode(call.node, of: part, signature: signature, &events)
        } else if let data = members.media {
            // Thought media are drafts, not results.
            if !isThought, let media = media(data.node) { events.append(.media(media)) }
            keepUnchanged(part)
        } else if let code = members.code {
            append(CodeBlock.text(code.node["code"], language: "python"), &events)
            keepUnchanged(part)
        } else if let result = members.codeResult {
            append(CodeBlock.text(result.node["output"], language: ""), &events)
            keepUnchanged(part)
        } else {
            if let signature { events.append(isThought ? .thinkingSignature(signature) : .textSignature(signature)) }
            keepUnchanged(part)
        }
    }

    private mutating func decode(
        _ text: JSONString, of part: JSONView, isThought: Bool, signature: JSONString?,
        _ events: inout [GenerationEvent]
    ) {
        if isThought {
            if !text.isEmpty, shaper.showsThinking { events.append(.thinking(text)) }
            if let signature { events.append(.thinkingSignature(signature)) }
            if shaper.hidesThoughts { isEdited = true } else { keepUnchanged(part) }
        } else {
            let shown = append(text, &events)
            if let signature { events.append(.textSignature(signature)) }
            if shown == text {
                keepUnchanged(part)
            } else {
                isEdited = true
                if !shown.isEmpty || signature != nil { keep(.text(part.node, shown)) }
            }
        }
    }

    private mutating func decode(
        _ node: JSONNode, of part: JSONView, signature: JSONString?, _ events: inout [GenerationEvent]
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
        keep(isSame ? .unchanged(part.node) : .call(part.node, call))
    }

    private mutating func keepUnchanged(_ part: JSONView) {
        if shaper.keepsPayloads { parts.append(.unchanged(part.node)) }
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
