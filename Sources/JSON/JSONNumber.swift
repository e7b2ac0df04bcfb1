/// Values of numbers that already follow the grammar of RFC 8259 section 6.
enum JSONNumber {
    /// The value as an `Int` if it is exactly that, however it is spelled; nil otherwise.
    static func exactInt(_ text: UnsafeBufferPointer<UInt8>) -> Int? {
        if let value = count(text) { return value }
        let isNegative = text.first == UInt8(ascii: "-")
        let digits = text.dropFirst(isNegative ? 1 : 0)
        var value = 0
        for byte in digits {
            guard byte &- UInt8(ascii: "0") < 10, append(byte, to: &value, isNegative: isNegative) else {
                return exactIntFromDecimal(digits, isNegative: isNegative)
            }
        }
        return value
    }

    /// The value of at most 18 digits and nothing else, as counts are spelled: they always fit. nil for anything else.
    private static func count(_ text: UnsafeBufferPointer<UInt8>) -> Int? {
        guard text.count <= 18 else { return nil }
        var value = 0
        for byte in text {
            let digit = byte &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value &* 10 &+ Int(digit)
        }
        return value
    }

    /// nil when the nearest double is infinite.
    static func double(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
        if let value = shortDouble(text) { return value }
        guard let value = Double(String(decoding: text, as: UTF8.self)), value.isFinite else { return nil }
        return value
    }

    /// A number of few digits without exponent: both the digits and the power of ten are exact doubles, so that one division
    /// rounds to the nearest double of the number itself. nil for any other spelling.
    private static func shortDouble(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
        guard text.count <= exactDigitsMax else { return nil }
        let isNegative = text.first == UInt8(ascii: "-")
        var digits = 0
        var scale = 1
        var isFraction = false
        for byte in text.dropFirst(isNegative ? 1 : 0) {
            if byte == UInt8(ascii: ".") {
                isFraction = true
                continue
            }
            guard byte &- UInt8(ascii: "0") < 10 else { return nil }
            digits = digits &* 10 &+ Int(byte &- UInt8(ascii: "0"))
            if isFraction { scale &*= 10 }
        }
        let value = Double(digits) / Double(scale)
        return isNegative ? -value : value
    }

    /// 10^15 is below 2^53.
    private static let exactDigitsMax = 15

    /// A spelling with fraction or exponent: moves the point and asks whether anything is left behind it.
    private static func exactIntFromDecimal(_ text: Slice<UnsafeBufferPointer<UInt8>>, isNegative: Bool) -> Int? {
        let mantissa = text.prefix { $0 | 0x20 != UInt8(ascii: "e") }
        let whole = mantissa.prefix { $0 != UInt8(ascii: ".") }
        let fraction = mantissa.dropFirst(whole.count + 1)
        var exponent = 0
        if mantissa.count < text.count {
            let spelled = text.dropFirst(mantissa.count + 1)
            // An exponent that does not fit moves every digit but zeros out of range.
            exponent =
                Int(String(decoding: spelled, as: UTF8.self))
                ?? (spelled.first == UInt8(ascii: "-") ? Int.min : Int.max)
        }
        let digitCount = whole.count + fraction.count
        let (pointPosition, overflow) = whole.count.addingReportingOverflow(exponent)
        var value = 0
        var position = 0
        for digit in [whole, fraction].joined() {
            if digit != UInt8(ascii: "0") || value != 0 {
                if overflow || position >= pointPosition {
                    if digit != UInt8(ascii: "0") { return nil }
                } else if !append(digit, to: &value, isNegative: isNegative) {
                    return nil
                }
            }
            position += 1
        }
        guard value != 0 else { return 0 }
        guard pointPosition - digitCount <= 19 else { return nil }
        for _ in 0..<max(pointPosition - digitCount, 0) {
            guard append(UInt8(ascii: "0"), to: &value, isNegative: isNegative) else { return nil }
        }
        return value
    }

    private static func append(_ digit: UInt8, to value: inout Int, isNegative: Bool) -> Bool {
        let (shifted, tooLarge) = value.multipliedReportingOverflow(by: 10)
        let step = Int(digit - UInt8(ascii: "0"))
        let (sum, overflow) = shifted.addingReportingOverflow(isNegative ? -step : step)
        guard !tooLarge, !overflow else { return false }
        value = sum
        return true
    }
}
