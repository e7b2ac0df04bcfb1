/// The forms of a transcript; the raw value is the word of `response_format`.
enum TranscriptFormat: String, CaseIterable {
    case json
    case text
    case verboseJSON = "verbose_json"
    case srt
    case vtt

    init(of request: GenerationRequest) {
        self = request.answerForm.flatMap(TranscriptFormat.init(rawValue:)) ?? .json
    }

    /// What `verbose_json` repeats of a request that says nothing.
    static let emptyEcho = Array(#""language":"unknown""#.utf8)

    /// Whether lines carry the times at which they are said.
    var isTimed: Bool { self == .srt || self == .vtt }

    /// Whether an answer may come as a stream of pieces of text.
    var streams: Bool { self == .json || self == .text }

    var contentType: String {
        switch self {
        case .json, .verboseJSON: "application/json"
        case .text, .srt: "text/plain; charset=utf-8"
        case .vtt: "text/vtt; charset=utf-8"
        }
    }
}
