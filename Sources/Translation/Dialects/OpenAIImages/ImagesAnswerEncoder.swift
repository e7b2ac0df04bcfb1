import APIErrors
import JSON

/// Collects the pictures of all calls and writes them as one object. Calls that delivered none are left out.
struct ImagesAnswerEncoder: AnswerEncoder {
    private let created: Int
    /// `"quality":...,"size":...`.
    private let echo: [UInt8]
    private let givesURLs: Bool
    private var choices: [CollectedImage]

    init(_ context: AnswerContext, echo: [UInt8], givesURLs: Bool) {
        created = context.created
        self.echo = echo
        self.givesURLs = givesURLs
        choices = Array(repeating: CollectedImage(), count: max(1, context.choiceCount))
    }

    mutating func collect(_ event: GenerationEvent, choice: Int) {
        guard choices.indices.contains(choice) else { return }
        choices[choice].collect(event)
    }

    func finish() throws(APIFailure) -> [UInt8] {
        guard let first = choices.lazy.compactMap(\.media).first else { throw choices.failure }
        var writer = JSONWriter(
            reserving: choices.reduce(512) { $0 + ($1.media?.data.count ?? 0) + $1.text.count + 64 })
        writer.beginObject()
        writer.field("created", created)
        writer.name("data")
        writer.beginArray()
        for choice in choices { write(choice, into: &writer) }
        writer.endArray()
        writer.name("background")
        writer.null()
        writer.field("output_format", ImagesWords.format(of: first.mimeType))
        writer.raw(echo)
        choices.usage.writeImages(into: &writer)
        writer.endObject()
        return writer.bytes
    }

    private func write(_ choice: CollectedImage, into writer: inout JSONWriter) {
        guard let media = choice.media else { return }
        writer.beginObject()
        if givesURLs {
            writer.name("url")
            writer.beginString()
            writer.appendContent("data:\(media.mimeType);base64,")
        } else {
            writer.name("b64_json")
            writer.beginString()
        }
        media.data.append(to: &writer.bytes)
        writer.endString()
        if !choice.text.isEmpty { writer.field("revised_prompt", JSONString(escaped: choice.text)) }
        writer.endObject()
    }
}
