/// Writes chunked framing (RFC 9112 section 7.1).
public enum Chunk {
    /// Appends one chunk. Nothing is written for no bytes: an empty chunk would end the body.
    public static func append(_ data: some Collection<UInt8>, into out: inout [UInt8]) {
        guard !data.isEmpty else { return }
        appendSize(data.count, into: &out)
        out.append(contentsOf: data)
        out.append(ASCII.carriageReturn)
        out.append(ASCII.lineFeed)
    }

    /// Appends the chunk of size zero and the end of the (empty) trailer section.
    public static func appendLast(into out: inout [UInt8]) {
        out.append(contentsOf: [0x30, 0x0D, 0x0A, 0x0D, 0x0A])
    }

    private static func appendSize(_ size: Int, into out: inout [UInt8]) {
        var shift = (size.bitWidth - size.leadingZeroBitCount - 1) & ~3
        while shift >= 0 {
            let digit = UInt8(truncatingIfNeeded: size >> shift & 15)
            out.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
            shift -= 4
        }
        out.append(ASCII.carriageReturn)
        out.append(ASCII.lineFeed)
    }
}
