/// What a prompt asks the stand-in to do: a user text that starts with `sandbox:`, followed by words.
///
/// So any client can steer the stand-in without access to its control calls.
nonisolated struct PromptMarkers: Sendable {
    static let prefix = "sandbox:"

    /// Every word with what it does, for `--help`.
    static let words: [(word: String, meaning: String)] = [
        ("say TEXT", "answers TEXT word by word; takes the rest of the line"),
        ("think[=N]", "N words of thought before the answer (20), if thoughts are asked for"),
        ("tool[=NAME]", "calls a declared function, the first one by default, and answers after its response"),
        ("parallel-tools[=N]", "N calls at once (2)"),
        ("rounds=N", "asks for functions N times, one after the other, before it answers"),
        ("events=N", "N text events"), ("size=BYTES", "length of each text event"),
        ("slow=MS", "pause before each event"), ("first=MS", "pause before the first event"),
        ("head=MS", "pause before the response head"), ("split=BYTES", "events leave in pieces of this size"),
        ("error=STATUS", "an error in place of an answer"), ("reason=WORD", "reason in that error's ErrorInfo"),
        ("retry=DURATION", "delay in that error's RetryInfo, such as 2s"),
        ("midway=STATUS", "an error event after the events"), ("bare", "with midway: the error without `data:`"),
        ("cut[=N]", "the connection ends without its last chunk after N events (2)"),
        ("reset[=N]", "a connection reset after N events (2)"), ("drop", "a connection reset before the head"),
        ("stall[=N]", "nothing more after N events (2)"), ("end[=N]", "a clean end after N events, without a finish"),
        ("empty", "200 and no event"), ("finish=WORD", "another finishReason"),
        ("late-usage", "usage in an event after the finish"), ("no-usage", "no usage at all"),
        ("blocked", "promptFeedback in place of candidates"), ("malformed", "a malformed function call"),
        ("image", "an image among the parts"), ("search", "grounding metadata"),
        ("times=N", "only the first N calls with this very text; later ones get the usual answer"),
    ]

    private var values: [String: String] = [:]
    /// The whole marker text, by which calls with `times` are counted.
    let text: String
    /// Text after `say`.
    private(set) var spoken: String?

    /// Nil if the text does not start with the prefix.
    init?(_ prompt: String) {
        let start = prompt.drop { $0.isWhitespace }
        guard start.hasPrefix(Self.prefix) else { return nil }
        let line = start.dropFirst(Self.prefix.count).prefix { !$0.isNewline }
        text = String(line)
        var rest = line
        while let word = Self.next(&rest) {
            if word == "say" {
                spoken = String(rest.drop { $0 == " " })
                break
            }
            let halves = word.split(separator: "=", maxSplits: 1)
            values[String(halves[0])] = halves.count > 1 ? String(halves[1]) : ""
        }
    }

    private static func next(_ rest: inout Substring) -> Substring? {
        rest = rest.drop { $0 == " " }
        guard !rest.isEmpty else { return nil }
        let word = rest.prefix { $0 != " " }
        rest = rest[word.endIndex...]
        return word
    }

    func has(_ word: String) -> Bool { values[word] != nil }
    func value(_ word: String) -> String? { values[word].flatMap { $0.isEmpty ? nil : $0 } }

    /// The number behind a word, `fallback` if the word stands alone, nil if it is absent. At most a million.
    func number(_ word: String, alone fallback: Int = 0) -> Int? {
        guard let text = values[word] else { return nil }
        return min(max(0, Int(text) ?? fallback), 1_000_000)
    }
}
