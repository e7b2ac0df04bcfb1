import JSON

/// Writes `generationConfig`: only members that the upstream knows, and only those that somebody asked for.
struct GenerationConfigWriter {
    let request: GenerationRequest
    let plan: RequestPlan
    let target: UpstreamTarget
    let schemas: CleanedSchemas

    private var model: TargetModel { target.model }

    /// Upstream's bounds; Claude's are narrower.
    private var temperatureMax: Double { model.isClaude ? 1 : 2 }
    /// Claude with thinking takes no `topP` below this.
    private static let claudeTopPMin = 0.95

    func write(into writer: inout JSONWriter) {
        var config = JSONWriter()
        config.beginObject()
        writeSampling(into: &config)
        if let limit = plan.thinking.outputTokensMax { config.field("maxOutputTokens", limit) }
        writeStops(into: &config)
        if let seed = request.sampling.seed, !model.isClaude { config.field("seed", seed) }
        writeOutputFormat(into: &config)
        writeThinking(into: &config)
        writeImage(into: &config)
        writeNative(into: &config)
        config.endObject()
        guard config.bytes.count > 2 else { return }
        writer.name("generationConfig")
        writer.raw(config.bytes)
    }

    private func writeSampling(into writer: inout JSONWriter) {
        let sampling = request.sampling
        let claudeThinks = model.isClaude && plan.thinking.isOn
        if let temperature = sampling.temperature, !claudeThinks {
            writer.name("temperature")
            write(temperature, within: 0...temperatureMax, into: &writer)
        }
        if let topP = sampling.topP, !dropsTopP(topP) {
            writer.name("topP")
            write(topP, within: 0...1, into: &writer)
        }
        if let topK = sampling.topK, !claudeThinks, topK.value >= 1 {
            writer.name("topK")
            write(topK, within: 1...1_000_000, into: &writer)
        }
        writePenalties(into: &writer)
        writeLogprobs(into: &writer)
    }

    private func writeLogprobs(into writer: inout JSONWriter) {
        guard let count = request.sampling.logprobs, plan.kind == .agent,
            target.settings.logprobsModels.contains(where: { $0.matches(model.id) })
        else { return }
        writer.field("responseLogprobs", true)
        if count > 0 { writer.field("logprobs", count) }
    }

    private func writePenalties(into writer: inout JSONWriter) {
        let sampling = request.sampling
        guard sampling.presencePenalty != nil || sampling.frequencyPenalty != nil,
            target.settings.penaltyModels.contains(where: { $0.matches(model.id) })
        else { return }
        if let penalty = sampling.presencePenalty {
            writer.name("presencePenalty")
            write(penalty, within: -2...2, into: &writer)
        }
        if let penalty = sampling.frequencyPenalty {
            writer.name("frequencyPenalty")
            write(penalty, within: -2...2, into: &writer)
        }
    }

    private func dropsTopP(_ topP: NumberText) -> Bool {
        guard model.isClaude else { return false }
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
        let thinking = plan.thinking
        guard thinking.budget != nil || thinking.level != nil || thinking.includesThoughts else { return }
        writer.name("thinkingConfig")
        writer.beginObject()
        writer.field("includeThoughts", thinking.includesThoughts)
        if let budget = thinking.budget { writer.field("thinkingBudget", budget) }
        if let level = thinking.level { writer.field("thinkingLevel", level) }
        writer.endObject()
    }

    private func writeNative(into writer: inout JSONWriter) {
        guard !model.isClaude else { return }
        for (name, value) in request.native.members where target.api.takes(name) {
            writer.name(name)
            writer.raw(value.bytes)
        }
    }

    private func writeImage(into writer: inout JSONWriter) {
        guard plan.kind == .imageGeneration else { return }
        if request.asksForImages || model.needsModalities {
            writer.name("responseModalities")
            writer.beginArray()
            writer.string("TEXT")
            writer.string("IMAGE")
            writer.endArray()
        }
        let ratio = request.image.aspectRatio
        let size = model.takesImageSize ? request.image.size : nil
        guard ratio != nil || size != nil else { return }
        writer.name("imageConfig")
        writer.beginObject()
        if let ratio { writer.field("aspectRatio", ratio) }
        if let size { writer.field("imageSize", size) }
        writer.endObject()
    }
}
