import JSON

/// `generationConfig`: only members that the upstream knows, and only those that somebody asked for.
extension GeminiRequestWriter {
    /// Upstream's bounds; Claude's are narrower.
    private var temperatureMax: Double { isClaude ? 1 : 2 }
    /// Claude with thinking takes no `topP` below this.
    private static var claudeTopPMin: Double { 0.95 }

    func writeGenerationConfig(into writer: inout JSONWriter) {
        let before = writer.mark
        writer.tokens(#""generationConfig":{"#)
        let empty = writer.bytes.count
        writeSampling(into: &writer)
        if let limit = plan.thinking.outputTokensMax { writer.field("maxOutputTokens", limit) }
        writeStops(into: &writer)
        if !isClaude, let seed = request.sampling.seed { writer.field("seed", seed) }
        writeOutputFormat(into: &writer)
        writeThinking(into: &writer)
        writeImage(into: &writer)
        writeNative(into: &writer)
        if writer.bytes.count == empty { writer.goBack(to: before) } else { writer.endObject() }
    }

    private func writeSampling(into writer: inout JSONWriter) {
        let claudeThinks = isClaude && plan.thinking.isOn
        if !claudeThinks, let temperature = request.sampling.temperature {
            writer.name("temperature")
            write(temperature, within: 0...temperatureMax, into: &writer)
        }
        if let topP = request.sampling.topP, !dropsTopP(topP) {
            writer.name("topP")
            write(topP, within: 0...1, into: &writer)
        }
        if !claudeThinks, let topK = request.sampling.topK, topK.value >= 1 {
            writer.name("topK")
            write(topK, within: 1...1_000_000, into: &writer)
        }
        writePenalties(into: &writer)
        writeLogprobs(into: &writer)
    }

    private func writeLogprobs(into writer: inout JSONWriter) {
        guard let count = request.sampling.logprobs, plan.kind == .agent,
            isAmong(target.settings.logprobsModels)
        else { return }
        writer.field("responseLogprobs", true)
        if count > 0 { writer.field("logprobs", count) }
    }

    private func writePenalties(into writer: inout JSONWriter) {
        guard request.sampling.presencePenalty != nil || request.sampling.frequencyPenalty != nil,
            isAmong(target.settings.penaltyModels)
        else { return }
        if let penalty = request.sampling.presencePenalty {
            writer.name("presencePenalty")
            write(penalty, within: -2...2, into: &writer)
        }
        if let penalty = request.sampling.frequencyPenalty {
            writer.name("frequencyPenalty")
            write(penalty, within: -2...2, into: &writer)
        }
    }

    private func isAmong(_ patterns: [ModelPattern]) -> Bool {
        let id = target.model.id
        return patterns.contains { $0.matches(id) }
    }

    private func dropsTopP(_ topP: NumberText) -> Bool {
        guard isClaude else { return false }
        return plan.thinking.isOn ? topP.value < Self.claudeTopPMin : request.sampling.temperature != nil
    }

    /// The client's spelling, or the bound that it oversteps.
    private func write(_ number: NumberText, within bounds: ClosedRange<Double>, into writer: inout JSONWriter) {
        if bounds.contains(number.value) {
            writer.number(text: number.text)
        } else {
            writer.int(Int(number.value < bounds.lowerBound ? bounds.lowerBound : bounds.upperBound))
        }
    }

    private func writeStops(into writer: inout JSONWriter) {
        guard !request.sampling.stopSequences.isEmpty else { return }
        writer.name("stopSequences")
        writer.beginArray()
        for stop in request.sampling.stopSequences { writer.text(stop) }
        writer.endArray()
    }

    private func writeOutputFormat(into writer: inout JSONWriter) {
        guard plan.usesJSONMode else { return }
        if case .word = request.outputFormat {
            writer.field("responseMimeType", literal: "text/x.enum")
        } else {
            writer.field("responseMimeType", literal: "application/json")
        }
        guard let schema = schemas.answer else { return }
        writer.name("responseSchema")
        writer.raw(schema)
    }

    private func writeThinking(into writer: inout JSONWriter) {
        guard plan.thinking.budget != nil || plan.thinking.level != nil || plan.thinking.includesThoughts else {
            return
        }
        writer.tokens(#""thinkingConfig":{"includeThoughts":"#)
        writer.bool(plan.thinking.includesThoughts)
        if let budget = plan.thinking.budget { writer.field("thinkingBudget", budget) }
        if let level = plan.thinking.level { writer.field("thinkingLevel", level) }
        writer.endObject()
    }

    private func writeNative(into writer: inout JSONWriter) {
        guard !isClaude else { return }
        for (name, value) in request.native.members where target.api.takes(name) {
            writer.name(name)
            writer.raw(value.bytes)
        }
    }

    private func writeImage(into writer: inout JSONWriter) {
        guard plan.kind == .imageGeneration else { return }
        if request.asksForImages || target.model.needsModalities {
            writer.tokens(#""responseModalities":["TEXT","IMAGE"]"#)
        }
        let ratio = request.image.aspectRatio
        let size = target.model.takesImageSize ? request.image.size : nil
        guard ratio != nil || size != nil else { return }
        writer.name("imageConfig")
        writer.beginObject()
        if let ratio { writer.field("aspectRatio", ratio) }
        if let size { writer.field("imageSize", size) }
        writer.endObject()
    }
}
