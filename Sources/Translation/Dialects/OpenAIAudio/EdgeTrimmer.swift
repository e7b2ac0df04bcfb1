/// Takes blank space off both ends of a text that comes in pieces: what it has given out, joined, is the trimmed text.
struct EdgeTrimmer {
    private var hasBegun = false
    /// Blank space that counts only if something follows.
    private var held = String.UnicodeScalarView()

    /// What of the text so far can be given out, beyond what was.
    mutating func feed(_ text: String) -> String {
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar.properties.isWhitespace {
                if hasBegun { held.append(scalar) }
            } else {
                hasBegun = true
                out.append(contentsOf: held)
                held.removeAll(keepingCapacity: true)
                out.append(scalar)
            }
        }
        return String(out)
    }

    static func trimmed(_ text: String) -> String {
        var trimmer = EdgeTrimmer()
        return trimmer.feed(text)
    }
}
