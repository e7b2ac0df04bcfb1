import JSON

/// Takes a code fence off an answer that was to be bare JSON, while it streams. Works on the escaped form.
struct FenceStripper: Sendable {
    private enum State {
        /// Not enough seen to know whether a fence opens.
        case opening
        /// No fence: everything passes.
        case plain
        /// Inside a fence: what may be its end is held back.
        case inside
    }

    private var state = State.opening
    private var held: [UInt8] = []

    private static let ticks = Array("```".utf8)
    private static let lineFeed = Array("\\n".utf8)
    private static let carriageReturn = Array("\\r".utf8)
    /// Letters of escape sequences that stand for blank space.
    private static let blankEscapes = Array("nrt".utf8)
    /// So much is held until it is known whether a fence opens.
    private static let openingSizeMax = 64

    mutating func feed(_ text: JSONString) -> JSONString {
        guard state != .plain else { return text }
        held += text.escaped
        if state == .opening { readOpening() }
        switch state {
        case .opening: return JSONString(escaped: [])
        case .plain: return take(held.count)
        case .inside: return take(held.count - closingCandidateSize)
        }
    }

    /// What was held back, without the end of the fence.
    mutating func finish() -> JSONString {
        if state == .inside { held.removeLast(closingSize) }
        state = .plain
        return take(held.count)
    }

    private mutating func take(_ count: Int) -> JSONString {
        let shown = JSONString(escaped: Array(held.prefix(count)))
        held.removeFirst(count)
        return shown
    }

    /// Blank space, three ticks or more, a word for the language, blank space: all of that goes, and nothing else.
    private mutating func readOpening() {
        var place = endOfBlanks(from: 0)
        let ticks = place
        while place < held.count, held[place] == UInt8(ascii: "`") { place += 1 }
        guard place < held.count else {
            if held.count > Self.openingSizeMax { state = .plain }
            return
        }
        guard place - ticks >= Self.ticks.count else {
            state = .plain
            return
        }
        while place < held.count, Self.isOfWord(held[place]) { place += 1 }
        guard place < held.count else {
            if held.count > Self.openingSizeMax { state = .plain }
            return
        }
        held.removeFirst(endOfBlanks(from: place))
        state = .inside
    }

    private func endOfBlanks(from start: Int) -> Int {
        var place = start
        while place < held.count {
            if held[place] == 0x20 {
                place += 1
            } else if place + 1 < held.count, held[place] == UInt8(ascii: "\\"),
                Self.blankEscapes.contains(held[place + 1])
            {
                place += 2
            } else {
                break
            }
        }
        return place
    }

    private static func isOfWord(_ byte: UInt8) -> Bool {
        (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "_+-.".utf8.contains(byte)
    }

    /// Bytes at the end that may still turn out to be the end of the fence: blank space, ticks, line feeds.
    private var closingCandidateSize: Int {
        var start = held.count
        while start > 0 {
            let byte = held[start - 1]
            if byte == UInt8(ascii: "`") || byte == 0x20 || byte == UInt8(ascii: "\\") {
                start -= 1
            } else if start > 1, held[start - 2] == UInt8(ascii: "\\"),
                byte == UInt8(ascii: "n") || byte == UInt8(ascii: "r")
            {
                start -= 2
            } else {
                break
            }
        }
        return held.count - start
    }

    /// The end of the fence, if the held bytes are one: the end of a line, ticks, blank space.
    private var closingSize: Int {
        let size = closingCandidateSize
        let tail = Array(held.suffix(size))
        guard let ticks = tail.indices.first(where: { tail[$0...].starts(with: Self.ticks) }) else { return 0 }
        var start = ticks
        for end in [Self.lineFeed, Self.carriageReturn] where tail[..<start].suffix(2).elementsEqual(end) { start -= 2 }
        return size - start
    }
}
