import Glibc
import IPC

/// A body as the traffic log keeps it: text, without base64 data, cut to a bound.
nonisolated enum StoredBody {
    /// A JSON string of base64 characters is data from so many on.
    static let dataSizeMinBytes = 1024
    /// So much of a string may stand before its data: `data:image/png;base64,`.
    static let dataPrefixMaxBytes = 256
    /// So much of the end of a string is looked at, too: between it and the beginning there may be megabytes.
    static let dataTailBytes = 64

    private static let marker = Array(";base64,".utf8)

    /// - Parameter contentType: as the client or the dialect states it; nil is taken for JSON.
    static func request(_ bytes: [UInt8], contentType: String?, sizeMaxBytes: Int) -> [UInt8] {
        if contentType.map(isText) ?? true, !bytes.prefix(sizeMaxBytes).contains(0) {
            return text(bytes, sizeMaxBytes: sizeMaxBytes)
        }
        return Array("[Binary Request Data]".utf8)
    }

    static func response(_ bytes: [UInt8], contentType: String?, sizeMaxBytes: Int) -> [UInt8] {
        guard contentType.map(isText) ?? true else { return Array("[\(contentType ?? "")]".utf8) }
        return text(bytes, sizeMaxBytes: sizeMaxBytes)
    }

    private static func isText(_ contentType: String) -> Bool {
        let type = contentType.prefix { $0 != ";" }.lowercased()
        return type.hasPrefix("text/") || type.contains("json") || type.contains("xml")
            || type == "application/x-www-form-urlencoded"
    }

    /// The text with `[base64 N bytes]` in place of data, cut between two characters; a line behind the cut says how long
    /// the body was.
    static func text(_ bytes: [UInt8], sizeMaxBytes: Int) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(min(bytes.count, sizeMaxBytes) + 64)
        let isWhole = bytes.withUnsafeBufferPointer { copy($0, to: &out, sizeMaxBytes: sizeMaxBytes) }
        if isWhole, out.count <= sizeMaxBytes { return out }
        out.removeLast(max(0, out.count - sizeMaxBytes))
        dropBrokenCharacter(&out)
        return out + StoredBodyMark.cut(of: bytes.count)
    }

    /// - Returns: false if it stopped before the end.
    private static func copy(_ bytes: UnsafeBufferPointer<UInt8>, to out: inout [UInt8], sizeMaxBytes: Int) -> Bool {
        var index = 0
        while index < bytes.count {
            guard out.count <= sizeMaxBytes else { return false }
            guard bytes[index] == UInt8(ascii: "\"") else {
                out.append(bytes[index])
                index += 1
                continue
            }
            // A quote: the string behind it may be data. Behind a closing quote there is none, since no data begins with a comma.
            out.append(bytes[index])
            index += 1
            guard let data = data(in: bytes, at: index) else { continue }
            out.append(contentsOf: bytes[index..<data.lowerBound])
            out += Array("[base64 \(data.count / 4 * 3) bytes]".utf8)
            index = data.upperBound
        }
        return true
    }

    /// Where the data of a string is that begins at `start`; nil if it is none.
    private static func data(in bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> Range<Int>? {
        var begin = start
        if bytes[start...].starts(with: "data:".utf8) {
            let head = UnsafeBufferPointer(rebasing: bytes[start..<min(start + dataPrefixMaxBytes, bytes.count)])
            guard let found = place(of: marker, in: head) else { return nil }
            begin = start + found + marker.count
        }
        guard begin + dataSizeMinBytes < bytes.count, let base = bytes.baseAddress else { return nil }
        guard bytes[begin...begin + dataSizeMinBytes].allSatisfy(isBase64) else { return nil }
        let rest = base + begin
        // A body may end in the middle of its data.
        let quote = memchr(rest, CInt(UInt8(ascii: "\"")), bytes.count - begin)
        let end = quote.map { begin + (UnsafeRawPointer($0) - UnsafeRawPointer(rest)) } ?? bytes.count
        guard bytes[max(begin, end - dataTailBytes)..<end].allSatisfy(isBase64) else { return nil }
        return begin..<end
    }

    private static func place(of wanted: [UInt8], in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        guard bytes.count >= wanted.count else { return nil }
        return (0...bytes.count - wanted.count).first { bytes[$0...].starts(with: wanted) }
    }

    /// Both alphabets of RFC 4648, padding, and the backslash with which some write a slash in JSON.
    private static func isBase64(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "-"),
            UInt8(ascii: "_"), UInt8(ascii: "="), UInt8(ascii: "\\"):
            true
        default: false
        }
    }

    /// Removes the first bytes of a character whose last ones were cut off.
    private static func dropBrokenCharacter(_ out: inout [UInt8]) {
        var back = 0
        while back < 4, back < out.count, out[out.count - 1 - back] & 0xC0 == 0x80 { back += 1 }
        guard back < out.count else { return }
        let lead = out[out.count - 1 - back]
        let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1
        if length > back + 1 { out.removeLast(back + 1) }
    }
}
