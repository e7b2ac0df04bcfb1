/// The timed lines of a transcript.
struct TranscriptCues: Equatable {
    struct Cue: Equatable {
        /// Milliseconds from the start of the recording.
        var start: Int
        var end: Int
        var text: String
    }

    private(set) var cues: [Cue]

    /// End of the one cue of a transcript without usable times: how long the recording is, nobody has said.
    static let latest = 100 * 3_600_000 - 1

    /// Reads what the model wrote: lines of `begin --> end text`, and the forms of SRT and WebVTT, which models fall into.
    /// Times that are missing or run backwards make the whole text one cue.
    init(reading text: String) {
        var reader = CueReader()
        for line in text.split(whereSeparator: \.isNewline) { reader.take(EdgeTrimmer.trimmed(String(line))) }
        let found = reader.cues.filter { !$0.text.isEmpty }
        if reader.isUsable {
            cues = found
        } else {
            let whole = reader.words.joined(separator: "\n")
            cues = whole.isEmpty ? [] : [Cue(start: 0, end: Self.latest, text: whole)]
        }
    }

    var srt: String {
        cues.enumerated().map { index, cue in
            "\(index + 1)\n\(Self.time(cue.start, ",")) --> \(Self.time(cue.end, ","))\n\(cue.text)\n"
        }.joined(separator: "\n")
    }

    /// W3C, "WebVTT", section 4: a cue's text must not hold the arrow.
    var vtt: String {
        "WEBVTT\n"
            + cues.map { cue in
                "\n\(Self.time(cue.start, ".")) --> \(Self.time(cue.end, "."))\n\(cue.text.replacing("-->", with: "->"))\n"
            }.joined()
    }

    private static func time(_ milliseconds: Int, _ mark: String) -> String {
        func padded(_ value: Int, _ count: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, count - digits.count)) + digits
        }
        let seconds = milliseconds / 1000
        return padded(seconds / 3600, 2) + ":" + padded(seconds / 60 % 60, 2) + ":" + padded(seconds % 60, 2) + mark
            + padded(milliseconds % 1000, 3)
    }
}
