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
    /// A fence's first line is at most this long.
    private static let openingSizeMax = 24

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

    private mutating func readOpening() {
        let isFence = zip(held, Self.ticks).allSatisfy { $0 == $1 }
        guard isFence else {
            state = .plain
            return
        }
        guard held.count > Self.ticks.count else { return }
        if let end = find(Self.lineFeed, before: Self.openingSizeMax) {
            held.removeFirst(end + Self.lineFeed.count)
            state = .inside
        } else if held.count > Self.openingSizeMax {
            state = .plain
        }
    }

    private func find(_ piece: [UInt8], before limit: Int) -> Int? {
        held.indices.prefix(limit).first { held[$0...].starts(with: piece) }
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

    /// The end of the fence, if the held bytes are one: line feed, ticks, blank space.
    private var closingSize: Int {
        let size = closingCandidateSize
        let tail = Array(held.suffix(size))
        guard let ticks = tail.indices.first(where: { tail[$0...].starts(with: Self.ticks) }) else { return 0 }
        let before = tail[..<ticks]
        let start = before.suffix(2).elementsEqual(Self.lineFeed) ? ticks - 2 : ticks
        return size - start
    }
}
