import APIErrors
import HTTP
import JSON

/// Streams a transcript: pieces of text as they come, then one event with the whole of it. The pieces joined are the whole.
struct TranscriptStreamEncoder: StreamEncoder {
    private var trimmer = EdgeTrimmer()
    private var text = ""
    private var isBlocked = false
    private var hasEnded = false

    var heartbeat: [UInt8] { Array(": ping\n\n".utf8) }

    mutating func encode(_ event: GenerationEvent, choice: Int, into bytes: inout [UInt8]) {
        guard !hasEnded else { return }
        switch event {
        case .text(let piece):
            let shown = trimmer.feed(piece.decoded)
            guard !shown.isEmpty else { return }
            text += shown
            Self.append("transcript.text.delta", "delta", shown, to: &bytes)
        case .finished(let reason): isBlocked = reason == .contentBlocked || reason == .promptBlocked
        default: break
        }
    }

    mutating func finish(into bytes: inout [UInt8]) {
        guard !hasEnded else { return }
        guard !text.isEmpty || !isBlocked else {
            return fail(APIFailure(.contentPolicy, source: .upstream), requestID: "", into: &bytes)
        }
        hasEnded = true
        Self.append("transcript.text.done", "text", text, to: &bytes)
    }

    mutating func fail(_ failure: APIFailure, requestID: String, into bytes: inout [UInt8]) {
        guard !hasEnded else { return }
        hasEnded = true
        bytes += failure.streamEnd(in: .openAI, requestID: requestID)
    }

    private static func append(
        _ type: StaticString, _ name: StaticString, _ text: String, to bytes: inout [UInt8]
    ) {
        var writer = JSONWriter(reserving: text.utf8.count + 64)
        writer.beginObject()
        writer.field("type", literal: type)
        writer.field(name, text)
        writer.endObject()
        ServerSentEvent.append(data: writer.bytes, into: &bytes)
    }
}
