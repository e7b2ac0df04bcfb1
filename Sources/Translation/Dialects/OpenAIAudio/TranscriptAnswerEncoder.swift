import APIErrors
import JSON

/// Collects a transcript and writes it in the form that was asked for.
struct TranscriptAnswerEncoder: AnswerEncoder {
    private let format: TranscriptFormat
    /// `"language":"de"`.
    private let echo: [UInt8]
    /// Escaped.
    private var text: [UInt8] = []
    private var isBlocked = false

    init(_ format: TranscriptFormat, echo: [UInt8]) {
        self.format = format
        self.echo = echo
    }

    var contentType: String { format.contentType }

    mutating func collect(_ event: GenerationEvent, choice: Int) {
        switch event {
        case .text(let piece): text += piece.escaped
        case .finished(let reason): isBlocked = reason == .contentBlocked || reason == .promptBlocked
        default: break
        }
    }

    func finish() throws(APIFailure) -> [UInt8] {
        guard !text.isEmpty || !isBlocked else { throw APIFailure(.contentPolicy, source: .upstream) }
        let text = EdgeTrimmer.trimmed(JSONString(escaped: text).decoded)
        switch format {
        case .json, .verboseJSON: return object(text)
        case .text: return Array(text.utf8)
        case .srt: return Array(TranscriptCues(reading: text).srt.utf8)
        case .vtt: return Array(TranscriptCues(reading: text).vtt.utf8)
        }
    }

    private func object(_ text: String) -> [UInt8] {
        var writer = JSONWriter(reserving: text.utf8.count + 128)
        writer.beginObject()
        if format == .verboseJSON {
            writer.field("task", literal: "transcribe")
            writer.raw(echo)
            writer.field("duration", 0)
        }
        writer.field("text", text)
        if format == .verboseJSON {
            writer.name("segments")
            writer.beginArray()
            writer.endArray()
        }
        writer.endObject()
        return writer.bytes
    }
}
