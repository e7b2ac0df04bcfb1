/// Standard base64 (RFC 4648 section 4), and what clients send in its place.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// Value of each byte: 0 to 63, 64 for `=`, 65 for blank space, 255 for what is no base64 at all.
    private static let values: [UInt8] = {
        var table = [UInt8](repeating: 255, count: 256)
        for (value, byte) in alphabet.enumerated() { table[Int(byte)] = UInt8(value) }
        table[Int(UInt8(ascii: "-"))] = 62
        table[Int(UInt8(ascii: "_"))] = 63
        table[Int(UInt8(ascii: "="))] = 64
        for blank in [0x20, 0x09, 0x0A, 0x0D] { table[blank] = 65 }
        return table
    }()

    static func encode(_ bytes: some Collection<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        if bytes.withContiguousStorageIfAvailable({ append(encoding: $0, to: &text) }) == nil {
            Array(bytes).withUnsafeBufferPointer { append(encoding: $0, to: &text) }
        }
        return text
    }

    /// Appends the text of `bytes`, some kilobytes at a time.
    static func append(encoding bytes: UnsafeBufferPointer<UInt8>, to text: inout [UInt8]) {
        let pieceSize = 3 * 1024
        text.reserveCapacity(text.count + (bytes.count + 2) / 3 * 4)
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: pieceSize / 3 * 4) { piece in
            var start = 0
            while start < bytes.count {
                let end = min(start + pieceSize, bytes.count)
                let size = encode(UnsafeBufferPointer(rebasing: bytes[start..<end]), into: piece)
                text.append(contentsOf: UnsafeMutableBufferPointer(rebasing: piece[..<size]))
                start = end
            }
        }
    }

    /// - Returns: how many bytes of `out` were written, four for each three begun.
    private static func encode(_ bytes: UnsafeBufferPointer<UInt8>, into out: UnsafeMutableBufferPointer<UInt8>) -> Int
    {
        alphabet.withUnsafeBufferPointer { alphabet in
            var written = 0
            var index = 0
            while index < bytes.count {
                let count = min(3, bytes.count - index)
                var group = UInt32(bytes[index]) << 16
                if count > 1 { group |= UInt32(bytes[index + 1]) << 8 }
                if count > 2 { group |= UInt32(bytes[index + 2]) }
                out.initializeElement(at: written, to: alphabet[Int(group >> 18)])
                out.initializeElement(at: written + 1, to: alphabet[Int(group >> 12 & 63)])
                out.initializeElement(
                    at: written + 2, to: count > 1 ? alphabet[Int(group >> 6 & 63)] : UInt8(ascii: "="))
                out.initializeElement(at: written + 3, to: count > 2 ? alphabet[Int(group & 63)] : UInt8(ascii: "="))
                written += 4
                index += 3
            }
            return written
        }
    }

    /// The bytes that `text` means; nil if it is not base64. Takes every form that `normalize` takes.
    static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        guard let clean = normalize(text) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(clean.count / 4 * 3)
        var pending: UInt32 = 0
        var bits: UInt32 = 0
        for byte in clean where byte != UInt8(ascii: "=") {
            pending = (pending << 6 | UInt32(values[Int(byte)])) & 0xFFFF
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: pending >> bits))
            }
        }
        return bytes
    }

    /// The same data in the standard alphabet, without blank space, padded; nil if `text` holds anything else, is empty or
    /// has an impossible length.
    static func normalize(_ text: some Collection<UInt8>) -> [UInt8]? {
        var clean: [UInt8] = []
        clean.reserveCapacity(text.count + 3)
        var padded = false
        for byte in text {
            switch values[Int(byte)] {
            case let value where value < 64:
                guard !padded else { return nil }
                clean.append(alphabet[Int(value)])
            case 64: padded = true
            case 65: break
            default: return nil
            }
        }
        guard !clean.isEmpty, clean.count % 4 != 1 else { return nil }
        while clean.count % 4 != 0 { clean.append(UInt8(ascii: "=")) }
        return clean
    }

    /// Whether this byte can stand in base64 of either alphabet.
    static func isPart(_ byte: UInt8) -> Bool { values[Int(byte)] <= 64 }

    /// Whether `text` is already what `normalize` would make of it. One pass, no allocation.
    static func isNormal(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard !text.isEmpty, text.count % 4 == 0 else { return false }
        var end = text.count
        while end > text.count - 2, text[end - 1] == UInt8(ascii: "=") { end -= 1 }
        return values.withUnsafeBufferPointer { values in
            for byte in text[..<end] {
                // The URL-safe characters have values too, but are not normal.
                if values[Int(byte)] > 63 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") { return false }
            }
            return true
        }
    }
}
