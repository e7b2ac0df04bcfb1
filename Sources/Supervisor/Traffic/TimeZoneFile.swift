/// The second part of a TZif file (RFC 9636 section 3): transitions in 64 bits, and the rule for what follows them.
nonisolated struct TimeZoneFile {
    let transitions: [Int]
    /// Before the first transition, and behind each.
    let offsets: [Int]
    let rule: TimeZoneRule?

    private struct Counts {
        var utc, standard, leap, time, type, character: Int

        func blockByteCount(timeSize: Int) -> Int {
            time * (timeSize + 1) + type * 6 + character + leap * (timeSize + 4) + standard + utc
        }
    }

    private static let headByteCount = 44

    init?(_ bytes: [UInt8]) {
        guard let first = Self.counts(bytes, at: 0) else { return nil }
        let second = Self.headByteCount + first.blockByteCount(timeSize: 4)
        guard let counts = Self.counts(bytes, at: second), counts.type > 0 else { return nil }
        let times = second + Self.headByteCount
        let kinds = times + counts.time * 8
        let types = kinds + counts.time
        let footer = times + counts.blockByteCount(timeSize: 8)
        guard footer <= bytes.count else { return nil }
        let distances = (0..<counts.type).map { Self.integer(bytes, at: types + $0 * 6, size: 4) }
        var offsets = [distances[0]]
        var transitions: [Int] = []
        for index in 0..<counts.time {
            let kind = Int(bytes[kinds + index])
            guard kind < counts.type else { return nil }
            transitions.append(Self.integer(bytes, at: times + index * 8, size: 8))
            offsets.append(distances[kind])
        }
        guard zip(transitions, transitions.dropFirst()).allSatisfy(<) else { return nil }
        self.transitions = transitions
        self.offsets = offsets
        let text = bytes[footer...].drop { $0 == UInt8(ascii: "\n") }.prefix { $0 != UInt8(ascii: "\n") }
        rule = TimeZoneRule(String(decoding: text, as: UTF8.self))
    }

    private static func counts(_ bytes: [UInt8], at start: Int) -> Counts? {
        guard start + headByteCount <= bytes.count, bytes[start...].starts(with: Array("TZif".utf8)),
            bytes[start + 4] >= UInt8(ascii: "2")
        else { return nil }
        let numbers = (0..<6).map { integer(bytes, at: start + 20 + $0 * 4, size: 4) }
        guard numbers.allSatisfy({ (0...65_536).contains($0) }) else { return nil }
        return Counts(
            utc: numbers[0], standard: numbers[1], leap: numbers[2], time: numbers[3], type: numbers[4],
            character: numbers[5])
    }

    /// A signed big-endian integer.
    private static func integer(_ bytes: [UInt8], at start: Int, size: Int) -> Int {
        var value = Int(Int8(bitPattern: bytes[start]))
        for byte in bytes[start + 1..<start + size] { value = value << 8 | Int(byte) }
        return value
    }
}
