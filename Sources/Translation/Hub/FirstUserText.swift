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
    static func canonical(_ text: [UInt8]) -> [UInt8] { cut(collected(text[...])) }

    /// The same for a text of which only the beginning is at hand.
    ///
    /// - Returns: nil if what follows may matter: too little can be kept of the beginning, or a reminder stands in it, whose
    ///   end lies anywhere.
    static func canonical(beginning: [UInt8]) -> [UInt8]? {
        guard beginning.count > sizeMaxBytes + open.count, !holdsReminder(beginning) else { return nil }
        // One may begin at the very end.
        let kept = collected(beginning.dropLast(open.count))
        return kept.count > sizeMaxBytes ? cut(kept) : nil
    }

    private static func holdsReminder(_ text: [UInt8]) -> Bool {
        text.withUnsafeBufferPointer { text in
            text.indices.contains { text[$0] == UInt8(ascii: "<") && starts(text, at: $0, with: open) }
        }
    }

    /// One or two bytes above the bound say that there are more.
    private static func collected(_ text: ArraySlice<UInt8>) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: min(text.count, sizeMaxBytes + 2)) { kept, count in
            count = text.withUnsafeBufferPointer { keep($0, in: kept) }
        }
    }

    private static func cut(_ kept: [UInt8]) -> [UInt8] {
        guard kept.count > sizeMaxBytes else { return kept }
        var size = sizeMaxBytes
        while size > 0, kept[size] & 0xC0 == 0x80 { size -= 1 }
        return Array(kept[..<size])
    }

    /// Into memory that is there already: thousands of bytes of every long request come through here.
    /// - Returns: how many bytes were kept.
    private static func keep(
        _ text: UnsafeBufferPointer<UInt8>, in kept: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        var count = 0
        var cursor = 0
        var remindersEnd = true
        var blankPending = false
        while cursor < text.count, count <= sizeMaxBytes {
            let byte = text[cursor]
            if byte == UInt8(ascii: "<"), remindersEnd, starts(text, at: cursor, with: open) {
                if let end = end(of: close, in: text, from: cursor) {
                    cursor = end
                    continue
                }
                remindersEnd = false
            }
            if byte == 0x20 || (0x09...0x0D).contains(byte) {
                blankPending = count > 0
            } else {
                if blankPending {
                    kept[count] = 0x20
                    count += 1
                }
                blankPending = false
                kept[count] = byte
                count += 1
            }
            cursor += 1
        }
        return count
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
