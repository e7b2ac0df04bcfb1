/// Finds the end of one line of a head without looking at any byte twice, and stops at bytes no line may hold.
///
/// What is reported depends only on the bytes, never on how they were split: the first offence in reading order wins.
struct LineScanner: Sendable {
    /// Offset of the first byte not looked at yet.
    private(set) var scanned = 0

    /// The offset of the CR that ends the line, nil while the end has not come.
    ///
    /// - Parameters:
    ///   - sizeEnd: the line's CR must stand at this offset or before it, else `tooLong` is thrown.
    @inline(__always)
    mutating func lineEnd(
        in buffer: UnsafeRawBufferPointer, notAfter sizeEnd: Int, tooLong: HTTPRefusal.Reason
    ) throws(HTTPRefusal.Reason) -> Int? {
        let base = buffer.baseAddress.unsafelyUnwrapped
        let count = buffer.count
        var at = scanned
        while at < count {
            if at + 8 <= count {
                let marks = ASCII.controls(base.loadUnaligned(fromByteOffset: at, as: UInt64.self))
                guard marks != 0 else {
                    at += 8
                    continue
                }
                at += marks.trailingZeroBitCount / 8
            }
            if ASCII.isForbiddenControl(base.load(fromByteOffset: at, as: UInt8.self)) { break }
            at += 1
        }
        scanned = at
        if at > sizeEnd { throw tooLong }
        guard at < count else { return nil }
        switch base.load(fromByteOffset: at, as: UInt8.self) {
        case ASCII.carriageReturn:
            guard at + 1 < count else { return nil }
            guard base.load(fromByteOffset: at + 1, as: UInt8.self) == ASCII.lineFeed else { throw .bareCarriageReturn }
            scanned = at + 2
            return at
        case ASCII.lineFeed: throw .bareLineFeed
        default: throw .controlCharacter
        }
    }

    mutating func start(at offset: Int) { scanned = offset }
}
