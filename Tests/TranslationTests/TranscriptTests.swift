import JSON
import Testing

@testable import Translation

@Suite struct TranscriptTests {
    struct Row: CustomTestStringConvertible {
        var what: String
        var text: String
        /// `start-end text`, in milliseconds.
        var cues: [String]
        var testDescription: String { what }
    }

    private static let latest = TranscriptCues.latest

    static let rows = [
        Row(
            what: "as it was asked for",
            text: "00:00:00.500 --> 00:00:02.000 Good\n00:00:02.000 --> 01:00:03.250 Bye: now.",
            cues: ["500-2000 Good", "2000-3603250 Bye: now."]),
        Row(
            what: "SRT", text: "1\n00:00:01,5 --> 00:00:02,000\nA\nB\n\n2\n00:00:02,000 --> 00:00:03,000\nC\n",
            cues: ["1500-2000 A\nB", "2000-3000 C"]),
        Row(
            what: "WebVTT with settings in a fence", text: "```vtt\nWEBVTT\n\n00:01.000 --> 00:02.000\nA\n```",
            cues: ["1000-2000 A"]),
        Row(
            what: "brackets and short times", text: "[0:01 --> 0:02] A\n(00:02.1 --> 00:03.25) B",
            cues: ["1000-2000 A", "2100-3250 B"]),
        Row(what: "CR LF", text: "0:01 --> 0:02 A\r\n0:02 --> 0:03 B\r\n", cues: ["1000-2000 A", "2000-3000 B"]),
        Row(what: "a number that is said", text: "0:01 --> 0:02 A\n42\nB", cues: ["1000-2000 A\n42\nB"]),
        Row(what: "a cue without words", text: "0:01 --> 0:02\n0:02 --> 0:03 B", cues: ["2000-3000 B"]),
        Row(what: "no times", text: "Good morning.\n\nBye.", cues: ["0-\(latest) Good morning.\nBye."]),
        Row(what: "words before the first time", text: "Hello\n0:01 --> 0:02 A", cues: ["0-\(latest) Hello\nA"]),
        Row(what: "times that run backwards", text: "0:05 --> 0:06 A\n0:01 --> 0:02 B", cues: ["0-\(latest) A\nB"]),
        Row(what: "an end before its begin", text: "0:05 --> 0:04 A", cues: ["0-\(latest) A"]),
        Row(what: "times that are none", text: "0:75 --> 0:76 A", cues: ["0-\(latest) 0:75 --> 0:76 A"]),
        Row(
            what: "an arrow that is said", text: "0:01 --> 0:02 A\nleft --> right",
            cues: ["1000-2000 A\nleft --> right"]),
        Row(what: "huge numbers", text: "99999999999:00 --> 0:01 A", cues: ["0-\(latest) 99999999999:00 --> 0:01 A"]),
        Row(what: "silence", text: "", cues: []),
        Row(what: "a fence around nothing", text: "```\n```", cues: []),
    ]

    @Test(arguments: rows)
    func `timed lines become cues, and what has no usable times one cue`(row: Row) {
        #expect(TranscriptCues(reading: row.text).cues.map { "\($0.start)-\($0.end) \($0.text)" } == row.cues)
    }

    @Test func `subtitles are written as their formats want them`() {
        let cues = TranscriptCues(reading: "0:00 --> 0:01 A\n0:01 --> 99:59:59.999 a --> b")
        #expect(cues.srt == "1\n00:00:00,000 --> 00:00:01,000\nA\n\n2\n00:00:01,000 --> 99:59:59,999\na --> b\n")
        #expect(cues.vtt == "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nA\n\n00:00:01.000 --> 99:59:59.999\na -> b\n")
        let nothing = TranscriptCues(reading: "")
        #expect(nothing.srt == "" && nothing.vtt == "WEBVTT\n")
        // What was written is read as the same again.
        #expect(TranscriptCues(reading: cues.srt) == cues)
    }

    @Test func `pieces without the blank space at both ends are the trimmed text, however it is split`() {
        for seed in 0..<300 {
            var random = Seeded(UInt64(seed))
            let words = (0..<random.below(8)).map { _ in
                random.pick(["a", " ", "\n", "\r\n", "\t", "é", "👩‍👩‍👧", "\u{A0}", "b c"])
            }
            var trimmer = EdgeTrimmer()
            let pieces = words.map { trimmer.feed($0) }.joined()
            var whole = Substring(words.joined())
            while whole.first?.isWhitespace == true { whole.removeFirst() }
            while whole.last?.isWhitespace == true { whole.removeLast() }
            #expect(pieces == whole)
        }
    }

    @Test func `a recording in which nobody speaks has an empty transcript`() throws {
        var path = try DialectPath(
            RecordedRequest.form([.file("file", "a.mp3"), .field("response_format", "json")]), as: OpenAIAudio())
        let silence = #"{"response":{"candidates":[{"content":{"parts":[]},"finishReason":"STOP"}]}}"#
        #expect(try path.answer([silence]) == ["text": ""])
        #expect(try path.stream([silence]) == "data: {\"type\":\"transcript.text.done\",\"text\":\"\"}\n\n")
        var progress = AnswerProgress(.transcription)
        for event in try path.events([silence]) { progress.observe(event) }
        #expect(progress.emptiness == nil)
    }

    @Test(arguments: TranscriptFormat.allCases)
    func `every form has its type and its body`(format: TranscriptFormat) throws {
        let parts = [
            RecordedRequest.Part.file("file", "a.mp3"), .field("response_format", format.rawValue),
            .field("language", "de"),
        ]
        var path = try DialectPath(RecordedRequest.form(parts), as: OpenAIAudio())
        var answer = path.dialect.makeAnswerEncoder(path.context(), for: path.request)
        let payload =
            #"{"response":{"candidates":[{"content":{"parts":[{"text":" 0:00 --> 0:01 \"A\"\n"}]},"finishReason":"STOP"}]}}"#
        for event in try path.events([payload]) { answer.collect(event) }
        let said = #""0:00 --> 0:01 \"A\"""#
        let expected: (type: String, body: String) =
            switch format {
            case .json: ("application/json", #"{"text":\#(said)}"#)
            case .text: ("text/plain; charset=utf-8", #"0:00 --> 0:01 "A""#)
            case .verboseJSON:
                (
                    "application/json",
                    #"{"task":"transcribe","language":"de","duration":0,"text":\#(said),"segments":[]}"#
                )
            case .srt: ("text/plain; charset=utf-8", "1\n00:00:00,000 --> 00:00:01,000\n\"A\"\n")
            case .vtt: ("text/vtt; charset=utf-8", "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n\"A\"\n")
            }
        #expect(answer.contentType == expected.type)
        #expect(String(decoding: try answer.finish(), as: UTF8.self) == expected.body)
    }
}
