/// The form of a user message that a derived session key is made from: what a client changes between turns is taken out.
enum FirstUserText {
    /// Bytes that are kept.
    static let sizeMaxBytes = 4096
    /// Bytes of each text that are looked at for them; what reminders take beyond it counts as said.
    static let inputSizeMaxBytes = 65_536

    private static let open = Array("<system-reminder>".utf8)
    private static let close = Array("</system-reminder>".utf8)

    /// Without reminders, single blanks for runs of blank space, at most `sizeMaxBytes`, cut at a character.
    static func canonical(_ text: [UInt8]) -> [UInt8] {
        var kept: [UInt8] = []
        kept.reserveCapacity(min(text.count, sizeMaxBytes + 2))
        var cursor = 0
        var remindersEnd = true
        var blankPending = false
        while cursor < text.count, kept.count <= sizeMaxBytes {
            let byte = text[cursor]
            if byte == open[0], remindersEnd, starts(text, at: cursor, with: open) {
                if let end = end(of: close, in: text, from: cursor) {
                    cursor = end
                    continue
                }
                remindersEnd = false
            }
            if byte == 0x20 || (0x09...0x0D).contains(byte) {
                blankPending = !kept.isEmpty
            } else {
                if blankPending { kept.append(0x20) }
                blankPending = false
                kept.append(byte)
            }
            cursor += 1
        }
        guard kept.count > sizeMaxBytes else { return kept }
        var size = sizeMaxBytes
        while size > 0, kept[size] & 0xC0 == 0x80 { size -= 1 }
        return Array(kept[..<size])
    }

    private static func starts(_ text: [UInt8], at offset: Int, with piece: [UInt8]) -> Bool {
        offset + piece.count <= text.count && piece.indices.allSatisfy { text[offset + $0] == piece[$0] }
    }

    private static func end(of piece: [UInt8], in text: [UInt8], from offset: Int) -> Int? {
        var cursor = offset
        while cursor + piece.count <= text.count {
            if starts(text, at: cursor, with: piece) { return cursor + piece.count }
            cursor += 1
        }
        return nil
    }
}
