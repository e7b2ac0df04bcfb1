/// The form of a user message that a derived session key is made from: what a client changes between turns is taken out.
enum FirstUserText {
    /// Bytes that are kept.
    static let sizeMaxBytes = 4096
    /// Bytes of each text that are looked at for them; what reminders take beyond it counts as said.
    static let inputSizeMaxBytes = 65_536
    /// Bytes of a long text that most often are enough.
    static let beginningSizeMaxBytes = 6_144

    private static let open = Array("<system-reminder>".utf8)
    private static let close = Array("</system-reminder>".utf8)

    /// Without reminders, single blanks for runs of blank space, at most `sizeMaxBytes`, cut at a character.
    static func canonical(_ text: [UInt8]) -> [UInt8] { cut(collected(text, to: text.count) ?? []) }

    /// The same for a text of which only the beginning is at hand.
    ///
    /// - Returns: nil if what follows may matter: too little can be kept of the beginning, or a reminder stands in it, whose
    ///   end lies anywhere.
    static func canonical(beginning: [UInt8]) -> [UInt8]? {
        guard beginning.count > sizeMaxBytes + open.count else { return nil }
        // One may begin at the very end.
        let kept = collected(beginning, to: beginning.count - open.count, endsAtReminder: true)
        guard let kept, kept.count > sizeMaxBytes else { return nil }
        return cut(kept)
    }

    /// Of what begins before `end`. One or two bytes above the bound say that there are more; nil if a reminder ended it.
    private static func collected(_ text: [UInt8], to end: Int, endsAtReminder: Bool = false) -> [UInt8]? {
        var isWhole = true
        let kept = [UInt8](unsafeUninitializedCapacity: min(end, sizeMaxBytes + 2)) { kept, count in
            (count, isWhole) = text.withUnsafeBufferPointer {
                keep($0, to: end, in: kept, endsAtReminder: endsAtReminder)
            }
        }
        return isWhole ? kept : nil
    }

    private static func cut(_ kept: [UInt8]) -> [UInt8] {
        guard kept.count > sizeMaxBytes else { return kept }
        var size = sizeMaxBytes
        while size > 0, kept[size] & 0xC0 == 0x80 { size -= 1 }
        return Array(kept[..<size])
    }

    /// Into memory that is there already: thousands of bytes of every long request come through here.
    /// - Returns: how many bytes were kept, and whether no reminder ended it.
    private static func keep(
        _ text: UnsafeBufferPointer<UInt8>, to textEnd: Int, in kept: UnsafeMutableBufferPointer<UInt8>,
        endsAtReminder: Bool
    ) -> (count: Int, isWhole: Bool) {
        var count = 0
        var cursor = 0
        var remindersEnd = true
        var blankPending = false
        while cursor < textEnd, count <= sizeMaxBytes {
            let byte = text[cursor]
            if byte == 0x20 || (0x09...0x0D).contains(byte) {
                blankPending = count > 0
                cursor += 1
                continue
            }
            if byte == UInt8(ascii: "<"), remindersEnd, starts(text, at: cursor, with: open) {
                if endsAtReminder { return (count, false) }
                if let end = end(of: close, in: text, from: cursor) {
                    cursor = end
                    continue
                }
                remindersEnd = false
            }
            if blankPending {
                kept[count] = 0x20
                count += 1
                blankPending = false
            }
            // The byte, and with it the plain ones behind it.
            let end = min(textEnd, cursor + sizeMaxBytes + 1 - count)
            repeat {
                kept[count] = text[cursor]
                count += 1
                cursor += 1
            } while cursor < end && text[cursor] > 0x20 && text[cursor] != UInt8(ascii: "<")
        }
        return (count, true)
    }

    private static func starts(_ text: UnsafeBufferPointer<UInt8>, at offset: Int, with piece: [UInt8]) -> Bool {
        offset + piece.count <= text.count && piece.indices.allSatisfy { text[offset + $0] == piece[$0] }
    }

    private static func end(of piece: [UInt8], in text: UnsafeBufferPointer<UInt8>, from offset: Int) -> Int? {
        var cursor = offset
        while cursor + piece.count <= text.count {
            if starts(text, at: cursor, with: piece) { return cursor + piece.count }
            cursor += 1
        }
        return nil
    }
}
