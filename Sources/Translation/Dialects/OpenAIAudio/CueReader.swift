/// Reads timed lines one by one.
struct CueReader {
    private(set) var cues: [TranscriptCues.Cue] = []
    /// All that is no time, number or mark, in order: the transcript if the times are of no use.
    private(set) var words: [String] = []
    private var hasStrayText = false
    /// A line that is a number: that of the next cue, or somebody counts.
    private var number: String?

    /// Whether every word has its time, and time goes forwards.
    var isUsable: Bool {
        guard !cues.isEmpty, !hasStrayText else { return false }
        return zip(cues, cues.dropFirst()).allSatisfy { $0.start <= $1.start } && cues.allSatisfy { $0.start < $0.end }
    }

    /// One line without blank space at its ends.
    mutating func take(_ line: String) {
        guard !line.isEmpty, !line.hasPrefix("```"), line != "WEBVTT" else { return }
        if let cue = Self.timed(line) {
            number = nil
            cues.append(cue)
            if !cue.text.isEmpty { words.append(cue.text) }
            return
        }
        if let number { append(number) }
        number = nil
        if line.utf8.allSatisfy({ (0x30...0x39).contains($0) }) { number = line } else { append(line) }
    }

    private mutating func append(_ line: String) {
        words.append(line)
        guard let last = cues.indices.last else {
            hasStrayText = true
            return
        }
        cues[last].text += cues[last].text.isEmpty ? line : "\n" + line
    }

    private static let arrow = " --> "

    private static func timed(_ line: String) -> TranscriptCues.Cue? {
        guard let found = line.firstRange(of: arrow) else { return nil }
        let after = line[found.upperBound...]
        let word = after.prefix { !$0.isWhitespace }
        guard let start = milliseconds(line[..<found.lowerBound]), let end = milliseconds(word) else { return nil }
        return TranscriptCues.Cue(
            start: start, end: end, text: EdgeTrimmer.trimmed(String(after[word.endIndex...])))
    }

    /// `1:02:03.456`, `02:03,4`, `02:03`, also in brackets.
    private static func milliseconds(_ text: Substring) -> Int? {
        let bare = text.filter { !"[]()".contains($0) }
        let clock = bare.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(clock.count), let last = clock.last else { return nil }
        let parts = last.split(omittingEmptySubsequences: false) { $0 == "." || $0 == "," }
        guard parts.count <= 2, let seconds = number(parts[0]), seconds < 60 else { return nil }
        var total = seconds
        var unit = 60
        for part in clock.dropLast().reversed() {
            guard let value = number(part), value < (clock.count == 3 && unit == 60 ? 60 : 6000) else { return nil }
            total += value * unit
            unit *= 60
        }
        guard parts.count == 2 else { return total * 1000 }
        guard number(parts[1]) != nil else { return nil }
        let digits = (parts[1] + "00").prefix(3)
        return total * 1000 + (Int(digits) ?? 0)
    }

    private static func number(_ text: Substring) -> Int? {
        guard (1...9).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int(text)
    }
}
