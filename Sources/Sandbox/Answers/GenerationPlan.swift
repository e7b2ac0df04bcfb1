import GoogleAPI
import JSON

/// From a call to the plan of its answer: what the prompt's markers ask for, else the default answer at the usual pace.
nonisolated struct GenerationPlan: Sendable {
    let call: UpstreamCall
    let prompt: PromptView
    let writer: AnswerWriter
    /// Pause between events in milliseconds.
    let pace: Int
    /// False when the markers' `times` is used up.
    let obeysMarkers: Bool

    private var markers: PromptMarkers? { obeysMarkers ? prompt.markers : nil }

    func plan(callID: @escaping @Sendable (Int) -> String) -> AnswerPlan {
        if let plan = troublePlan() { return plan }
        let events = DefaultAnswer(call, prompt, callID: callID).events()
        guard call.method == .streamGenerateContent else { return wholePlan(events) }
        return streamPlan(events)
    }

    /// An answer that holds no event.
    private func troublePlan() -> AnswerPlan? {
        guard let markers else { return nil }
        var plan: AnswerPlan?
        if let status = markers.number("error", alone: 500) {
            let error = GoogleError.usual(
                status, reason: markers.value("reason"), retryDelay: markers.value("retry"), model: call.model)
            plan = .whole(min(max(status, 200), 599), error.serialized)
        } else if markers.has("drop") {
            plan = .whole(500, [])
            plan?.dropsBeforeHead = true
        } else if markers.has("empty") {
            plan = call.method == .streamGenerateContent ? streamPlan([]) : .whole(200, Array("{}".utf8))
        } else if markers.has("blocked") {
            let json = writer.blocked()
            plan =
                call.method == .streamGenerateContent
                ? Self.stream([.init(bytes: AnswerWriter.framed(json))], .finish) : .whole(200, json)
        }
        plan?.delayMilliseconds = markers.number("head") ?? 0
        return plan
    }

    private func wholePlan(_ events: [AnswerEvent]) -> AnswerPlan {
        var plan = AnswerPlan.whole(200, writer.whole(events))
        // The time that a stream would have taken, within reason.
        let wait = min(500, (markers?.number("slow") ?? pace) * events.count)
        plan.delayMilliseconds = (markers?.number("head") ?? 0) + wait
        if markers?.has("cut") == true || markers?.has("reset") == true { plan.dropsBeforeHead = true }
        return plan
    }

    private func streamPlan(_ all: [AnswerEvent]) -> AnswerPlan {
        let (count, end) = ending(all.count)
        let pause = markers?.number("slow") ?? pace
        var steps = all.prefix(count).map { event in
            AnswerPlan.Step(delayMilliseconds: event.delayMilliseconds ?? pause, bytes: writer.event(event))
        }
        if !steps.isEmpty, let first = markers?.number("first") { steps[0].delayMilliseconds = first }
        if let status = markers?.number("midway", alone: 503) {
            // In place of the finish, after all content.
            if end == .finish, !steps.isEmpty { steps.removeLast() }
            let error = GoogleError.usual(
                status, reason: markers?.value("reason"), retryDelay: markers?.value("retry"), model: call.model
            ).serialized
            steps.append(.init(bytes: markers?.has("bare") == true ? error : AnswerWriter.framed(error)))
        }
        if let size = markers?.number("split", alone: 1), size > 0 {
            for index in steps.indices {
                steps[index].pieces = Array(repeating: size, count: min(steps[index].bytes.count / size, 256))
            }
        }
        var plan = Self.stream(steps, end)
        plan.delayMilliseconds = markers?.number("head") ?? 0
        return plan
    }

    /// How many events leave, and how the stream ends.
    private func ending(_ count: Int) -> (count: Int, end: AnswerPlan.End) {
        let ends: [(word: String, end: AnswerPlan.End)] = [
            ("cut", .close), ("reset", .reset), ("stall", .stall), ("end", .finish),
        ]
        for (word, end) in ends {
            if let after = markers?.number(word, alone: 2) { return (min(after, count), end) }
        }
        return (count, .finish)
    }

    private static func stream(_ steps: [AnswerPlan.Step], _ end: AnswerPlan.End) -> AnswerPlan {
        AnswerPlan(contentType: "text/event-stream", body: .stream(steps, end))
    }
}

nonisolated extension AnswerWriter {
    /// A prompt that was refused: no candidates, status 200 all the same.
    func blocked() -> [UInt8] {
        let response: JSONValue = [
            "promptFeedback": ["blockReason": "SAFETY"],
            "usageMetadata": ["promptTokenCount": 1, "totalTokenCount": 1],
            "modelVersion": .string(model), "responseId": .string(responseID),
        ]
        return isWrapped
            ? (["response": response, "traceId": .string(traceID)] as JSONValue).serialized : response.serialized
    }
}
