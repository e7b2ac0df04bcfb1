import APIErrors
import JSON

/// What one upstream call has come to: a picture, what the model said about it, or why there is none.
struct CollectedImage: Sendable {
    /// The last picture of the answer. Drafts come as thoughts and never get here.
    private(set) var media: Media?
    /// Escaped.
    private(set) var text: [UInt8] = []
    private(set) var usage = TokenUsage()
    private var finish: FinishReason?

    mutating func collect(_ event: GenerationEvent) {
        switch event {
        case .media(let media): self.media = media
        case .text(let text): self.text += text.escaped
        case .usage(let usage): self.usage = usage
        case .finished(let reason): finish = reason
        case .start, .thinking, .thinkingSignature, .textSignature, .toolCall, .grounding, .logprobs, .payload: break
        }
    }

    var isBlocked: Bool { finish == .contentBlocked || finish == .promptBlocked }
}

extension [CollectedImage] {
    /// The refusal of an answer none of whose calls has made a picture.
    var failure: APIFailure { APIFailure(contains(where: \.isBlocked) ? .contentPolicy : .noImage, source: .upstream) }

    /// The prompt counts once.
    var usage: TokenUsage {
        var total = first?.usage ?? TokenUsage()
        for image in dropFirst() { total.addChoice(image.usage) }
        return total
    }
}

extension TokenUsage {
    /// `usage` of images and image events.
    func writeImages(into writer: inout JSONWriter) {
        writer.name("usage")
        writer.beginObject()
        writer.field("input_tokens", prompt)
        writer.field("output_tokens", output)
        writer.field("total_tokens", total)
        writer.name("input_tokens_details")
        writer.beginObject()
        writer.field("text_tokens", prompt - promptMedia)
        writer.field("image_tokens", promptMedia)
        writer.endObject()
        writer.endObject()
    }
}
