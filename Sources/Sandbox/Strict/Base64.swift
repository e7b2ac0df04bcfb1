import JSON

/// Base64 as RFC 4648, section 4 has it: standard alphabet, padding, nothing in between.
nonisolated enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    private static let values: [UInt8] = {
        var table = [UInt8](repeating: 255, count: 256)
        for (value, byte) in alphabet.enumerated() { table[Int(byte)] = UInt8(value) }
        return table
    }()

    static func encode(_ bytes: some Collection<UInt8>) -> String {
        var out: [UInt8] = []
        out.reserveCapacity((bytes.count + 2) / 3 * 4)
        var group: [UInt8] = []
        for byte in bytes {
            group.append(byte)
            if group.count == 3 {
                append(group, to: &out)
                group.removeAll(keepingCapacity: true)
            }
        }
        if !group.isEmpty { append(group, to: &out) }
        return String(decoding: out, as: UTF8.self)
    }

    private static func append(_ group: [UInt8], to out: inout [UInt8]) {
        let word =
            Int(group[0]) << 16 | (group.count > 1 ? Int(group[1]) << 8 : 0) | (group.count > 2 ? Int(group[2]) : 0)
        out.append(alphabet[word >> 18])
        out.append(alphabet[word >> 12 & 63])
        out.append(group.count > 1 ? alphabet[word >> 6 & 63] : UInt8(ascii: "="))
        out.append(group.count > 2 ? alphabet[word & 63] : UInt8(ascii: "="))
    }

    /// Nil unless the text is standard base64.
    static func decode(_ text: String) -> [UInt8]? {
        let bytes = Array(text.utf8)
        guard bytes.withUnsafeBufferPointer(isStandard) else { return nil }
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count / 4 * 3)
        var word = 0
        var bitCount = 0
        for byte in bytes where byte != UInt8(ascii: "=") {
            word = (word << 6 | Int(values[Int(byte)])) & 0xff_ffff
            bitCount += 6
            if bitCount >= 8 {
                bitCount -= 8
                out.append(UInt8(word >> bitCount & 0xff))
            }
        }
        return out
    }

    /// Whether a JSON string is standard base64 and not empty; copies nothing unless it is spelled with escapes.
    static func isStandard(_ node: JSONNode) -> Bool {
        let verdict = node.withEscapedContent { bytes in
            bytes.contains(UInt8(ascii: "\\")) ? nil : isStandard(bytes)
        }
        guard let verdict else { return false }
        return verdict ?? Array((node.string ?? "").utf8).withUnsafeBufferPointer(isStandard)
    }

    private static func isStandard(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard !bytes.isEmpty, bytes.count % 4 == 0 else { return false }
        var end = bytes.count
        for _ in 0..<2 where bytes[end - 1] == UInt8(ascii: "=") { end -= 1 }
        return values.withUnsafeBufferPointer { values in
            for index in 0..<end where values[Int(bytes[index])] == 255 { return false }
            return true
        }
    }
}
