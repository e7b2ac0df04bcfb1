/// The fields of one message of the protocol buffers wire format (protobuf.dev, "Encoding"), not decoded further. It holds
/// ranges of its input, reads each byte once and never looks deeper: a message cannot make it recur.
nonisolated struct ProtobufMessage {
    private let bytes: [UInt8]
    private var fields: [(number: UInt64, range: Range<Int>)] = []

    /// Fields of one message; what we look for has fewer than ten.
    static let fieldCountMax = 10_000

    /// Nil if the bytes are no message: a cut or overlong varint, a length beyond the end, an unknown wire type, field zero.
    init?(_ bytes: [UInt8]) {
        self.bytes = bytes
        var cursor = 0
        while cursor < bytes.count {
            guard let tag = Self.varint(bytes, &cursor), tag >> 3 != 0, tag >> 3 < 1 << 29,
                fields.count < Self.fieldCountMax
            else { return nil }
            switch tag & 7 {
            case 0: guard Self.varint(bytes, &cursor) != nil else { return nil }
            case 1: guard Self.skip(8, bytes, &cursor) else { return nil }
            case 2:
                guard let size = Self.varint(bytes, &cursor), size <= UInt64(bytes.count - cursor) else { return nil }
                fields.append((tag >> 3, cursor..<(cursor + Int(size))))
                cursor += Int(size)
            case 5: guard Self.skip(4, bytes, &cursor) else { return nil }
            default: return nil
            }
        }
    }

    /// The first length-delimited field of this number.
    func bytes(_ number: UInt64) -> [UInt8]? { fields.first { $0.number == number }.map { Array(bytes[$0.range]) } }

    /// Every length-delimited field of this number, in order.
    func all(_ number: UInt64) -> [[UInt8]] { fields.filter { $0.number == number }.map { Array(bytes[$0.range]) } }

    /// As `bytes`, as text; nil also if it is empty or no UTF-8.
    func text(_ number: UInt64) -> String? {
        bytes(number).flatMap { $0.isEmpty ? nil : String(validating: $0, as: UTF8.self) }
    }

    private static func skip(_ count: Int, _ bytes: [UInt8], _ cursor: inout Int) -> Bool {
        guard bytes.count - cursor >= count else { return false }
        cursor += count
        return true
    }

    /// At most ten bytes; bits beyond the 64th are refused.
    private static func varint(_ bytes: [UInt8], _ cursor: inout Int) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), through: 63, by: 7) {
            guard cursor < bytes.count else { return nil }
            let byte = bytes[cursor]
            cursor += 1
            if shift == 63, byte > 1 { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
        }
        return nil
    }
}
