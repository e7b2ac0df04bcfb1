/// Puts the parts of a record behind its head, in their order, into room that was measured before.
struct RecordWriter {
    private var head: RecordHead
    private let room: UnsafeMutableRawBufferPointer
    private var count = RecordHead.byteCount

    /// - Parameter head: of a record without parts.
    init(_ head: RecordHead, _ room: UnsafeMutableBufferPointer<UInt8>) {
        precondition(room.count >= RecordHead.byteCount, "there is room for the head")
        self.head = head
        self.room = UnsafeMutableRawBufferPointer(room)
    }

    mutating func add(_ part: RecordPart, _ text: String?) {
        if var text { text.withUTF8 { copy(UnsafeRawBufferPointer($0)) } }
        head.close(part, at: count, isPresent: text != nil)
    }

    mutating func add(_ part: RecordPart, _ body: [UInt8]?) {
        body?.withUnsafeBytes { copy($0) }
        head.close(part, at: count, isPresent: body != nil)
    }

    /// - Returns: the head, which stands in front of the parts now, and how many bytes were written.
    func finish() -> (head: RecordHead, byteCount: Int) {
        head.store(into: room)
        return (head, count)
    }

    private mutating func copy(_ bytes: UnsafeRawBufferPointer) {
        precondition(bytes.count <= room.count - count, "there is room for all parts")
        UnsafeMutableRawBufferPointer(rebasing: room[count...]).copyMemory(from: bytes)
        count += bytes.count
    }
}
