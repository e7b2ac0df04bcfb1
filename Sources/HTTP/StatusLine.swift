/// The first line of an answer (RFC 9112 section 4): version, three digits, and a phrase that means nothing.
struct StatusLine: Sendable {
    var status: Int
    var minorVersion: Int

    /// - Parameter line: without its CRLF. The space before an empty phrase may be missing: servers forget it.
    init(decoding line: UnsafeRawBufferPointer) throws(HTTPRefusal.Reason) {
        guard line.count >= 12, line.part(0..<7).equals("HTTP/1."), line[8] == ASCII.space else { throw .statusLine }
        guard line[7] == UInt8(ascii: "1") || line[7] == UInt8(ascii: "0") else { throw .unsupportedVersion }
        minorVersion = Int(line[7] & 1)
        status = 0
        for byte in line[9..<12] {
            guard ASCII.isDigit(byte) else { throw .statusLine }
            status = status * 10 + Int(byte & 15)
        }
        guard (100..<600).contains(status), line.count == 12 || line[12] == ASCII.space else { throw .statusLine }
    }
}
