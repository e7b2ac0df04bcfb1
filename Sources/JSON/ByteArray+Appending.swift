extension [UInt8] {
    /// Appends what `write` puts at the place it is given: at most `room` bytes, and as many as it returns.
    ///
    /// Several short pieces cost one look at the array that way, where each `append` has its own.
    @inlinable @inline(__always)
    mutating func append(room: Int, _ write: (UnsafeMutablePointer<UInt8>) -> Int) {
        append(addingCapacity: room) { span in
            span.withUnsafeMutableBufferPointer { target, count in
                guard let place = target.baseAddress else { return }
                count = write(place)
                precondition(count <= target.count, "more was written than there is room for")
            }
        }
    }

    /// Appends `text`, with a byte in front of it unless that is nil.
    @usableFromInline
    mutating func append(_ first: UInt8?, _ text: UnsafeBufferPointer<UInt8>) {
        append(room: text.count &+ 1) { place in
            var end = place
            if let first {
                end.initialize(to: first)
                end += 1
            }
            if let base = text.baseAddress { end.initialize(from: base, count: text.count) }
            return end + text.count - place
        }
    }
}
