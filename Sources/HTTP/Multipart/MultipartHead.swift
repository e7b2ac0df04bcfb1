/// The head of one part while its lines come in.
struct MultipartHead {
    private let limits: MultipartLimits
    private var disposition: DispositionParameters?
    private var contentType: String?

    init(limits: MultipartLimits) { self.limits = limits }

    /// One field line without its line end. Fields that nothing depends on are passed over.
    mutating func take(_ line: UnsafeRawBufferPointer, at offset: Int) throws(MultipartError) {
        guard let colon = line.firstIndex(of: ASCII.colon), colon > 0, line[..<colon].allSatisfy(ASCII.isToken) else {
            throw MultipartError(.fieldLine, at: offset)
        }
        let name = line.part(0..<colon)
        let value = line.part(line.trimmed((colon + 1)..<line.count))
        if name.equalsIgnoringCase("content-disposition") {
            guard disposition == nil else { throw MultipartError(.disposition, at: offset) }
            disposition = try DispositionParameters(value, limits: limits, at: offset)
        } else if name.equalsIgnoringCase("content-type") {
            let type = value.prefix { $0 != UInt8(ascii: ";") && $0 != ASCII.space && $0 != ASCII.tab }
            contentType = String(decoding: type.map(ASCII.lowercased), as: UTF8.self)
        } else if name.equalsIgnoringCase("content-transfer-encoding") {
            // RFC 7578, section 4.7: deprecated; these words say that nothing was done to the bytes.
            guard ["binary", "8bit", "7bit"].contains(where: { value.equalsIgnoringCase($0) }) else {
                throw MultipartError(.transferEncoding, at: offset)
            }
        }
    }

    /// The head is complete.
    func checked(at offset: Int) throws(MultipartError) -> MultipartHead {
        guard let disposition else { throw MultipartError(.disposition, at: offset) }
        guard disposition.name != nil else { throw MultipartError(.nameMissing, at: offset) }
        return self
    }

    func part(body: Range<Int>) -> MultipartPart {
        MultipartPart(
            name: disposition?.name ?? "", fileName: disposition?.fileName,
            contentType: contentType?.isEmpty == true ? nil : contentType, body: body)
    }
}
