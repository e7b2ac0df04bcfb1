import APIErrors
import HTTP
import JSON

/// Streams of images: silence, then one `completed` event for each picture. There are no partial ones, since drafts are not
/// results. An answer without any picture ends in an error, so that it never looks finished.
struct ImagesStreamEncoder: StreamEncoder {
    private let created: Int
    private let echo: [UInt8]
    private let eventName: String
    private var choices: [CollectedImage]
    private var hasEnded = false

    init(_ context: AnswerContext, echo: [UInt8], eventName: String) {
        created = context.created
        self.echo = echo
        self.eventName = eventName
        choices = Array(repeating: CollectedImage(), count: max(1, context.choiceCount))
    }

    var heartbeat: [UInt8] { Array(": ping\n\n".utf8) }

    mutating func encode(_ event: GenerationEvent, choice: Int, into bytes: inout [UInt8]) {
        guard !hasEnded, choices.indices.contains(choice) else { return }
        choices[choice].collect(event)
    }

    mutating func finish(into bytes: inout [UInt8]) {
        guard !hasEnded else { return }
        guard choices.contains(where: { $0.media != nil }) else {
            return fail(choices.failure, requestID: "", into: &bytes)
        }
        hasEnded = true
        for choice in choices { append(choice, to: &bytes) }
        choices = []
    }

    mutating func fail(_ failure: APIFailure, requestID: String, into bytes: inout [UInt8]) {
        guard !hasEnded else { return }
        hasEnded = true
        choices = []
        bytes += failure.streamEnd(in: .openAI, requestID: requestID)
    }

    private func append(_ choice: CollectedImage, to bytes: inout [UInt8]) {
        guard let media = choice.media else { return }
        var writer = JSONWriter(reserving: media.data.count + 512)
        writer.beginObject()
        writer.field("type", eventName)
        writer.name("b64_json")
        writer.beginString()
        media.data.append(to: &writer.bytes)
        writer.endString()
        writer.field("created_at", created)
        writer.name("background")
        writer.null()
        writer.field("output_format", ImagesWords.format(of: media.mimeType))
        writer.raw(echo)
        choice.usage.writeImages(into: &writer)
        writer.endObject()
        ServerSentEvent.append(name: eventName, data: writer.bytes, into: &bytes)
    }
}
