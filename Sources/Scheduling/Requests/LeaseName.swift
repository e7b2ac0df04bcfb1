/// Names of leases: `<incarnation>-<request>-<count>`. The number of the request within the name tells whose lease it is
/// without a table of leases; whoever asks compares the name with what that request holds, for numbers are used again.
struct LeaseName: Sendable, Equatable {
    private let incarnation: [UInt8]
    private var count = 0

    /// Digits and letters up to `v`: five bits each.
    private static let bitsPerDigit = 5

    init(incarnation: String) { self.incarnation = Array(incarnation.utf8) }

    /// A name that was never given before.
    mutating func next(of request: Int) -> String {
        count += 1
        let (first, second) = (Self.digitCount(request), Self.digitCount(count))
        let length = incarnation.count + 2 + first + second
        return String(unsafeUninitializedCapacity: length) { buffer in
            for (place, byte) in incarnation.enumerated() { buffer[place] = byte }
            var end = incarnation.count
            for (number, digits) in [(request, first), (count, second)] {
                buffer[end] = UInt8(ascii: "-")
                end += 1 + digits
                Self.write(number, digits, before: end, in: buffer)
            }
            return length
        }
    }

    /// The number of the request that stands in a name; nil if it is no name of a lease.
    static func request(in name: String) -> Int? {
        name.utf8.withContiguousStorageIfAvailable { bytes -> Int? in
            guard let last = bytes.lastIndex(of: UInt8(ascii: "-")),
                let first = bytes[..<last].lastIndex(of: UInt8(ascii: "-")), (1...6).contains(last - first - 1)
            else { return nil }
            var number = 0
            for byte in bytes[(first + 1)..<last] {
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"): number = number << 5 | Int(byte - UInt8(ascii: "0"))
                case UInt8(ascii: "a")...UInt8(ascii: "v"): number = number << 5 | Int(byte - UInt8(ascii: "a") + 10)
                default: return nil
                }
            }
            return number
        } ?? nil
    }

    private static func digitCount(_ number: Int) -> Int {
        max(1, (Int.bitWidth - number.leadingZeroBitCount + bitsPerDigit - 1) / bitsPerDigit)
    }

    private static func write(
        _ number: Int, _ digits: Int, before end: Int, in buffer: UnsafeMutableBufferPointer<UInt8>
    ) {
        var rest = number
        for place in (end - digits..<end).reversed() {
            let digit = UInt8(rest & 31)
            buffer[place] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
            rest >>= bitsPerDigit
        }
    }
}
