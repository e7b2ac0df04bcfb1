/// Makes a readable document of one that was cut off: error bodies are read only up to a bound, and connections break.
enum TruncatedJSON {
    /// The text up to the last complete member or element, with what is open closed behind it; nil if nothing is complete.
    static func closed(_ bytes: [UInt8]) -> [UInt8]? {
        var open: [UInt8] = []
        var closers: [UInt8] = []
        var end: Int?
        var isInString = false
        var isEscaped = false
        for (index, byte) in bytes.enumerated() {
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                guard open.count < depthMax else { return nil }
                open.append(byte)
                (end, closers) = (index + 1, open)
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard open.popLast() != nil else { return nil }
                (end, closers) = (index + 1, open)
                if open.isEmpty { return nil }
            case UInt8(ascii: ","): (end, closers) = (index, open)
            default: break
            }
        }
        guard let end, !closers.isEmpty else { return nil }
        return bytes[..<end]
            + closers.reversed().map { $0 == UInt8(ascii: "{") ? UInt8(ascii: "}") : UInt8(ascii: "]") }
    }

    private static let depthMax = 64
}
