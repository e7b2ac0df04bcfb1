/// A recorded request body. A body of another type than JSON begins with its field line and an empty line, both ending in LF:
/// `Content-Type: multipart/form-data; boundary=x`.
struct RecordedRequest {
    var body: [UInt8]
    var contentType: String?

    private static let field = Array("Content-Type: ".utf8)

    init(_ bytes: [UInt8]) {
        body = bytes
        guard bytes.starts(with: Self.field), let end = bytes.firstIndex(of: 0x0A), bytes[(end + 1)...].first == 0x0A
        else {
            return
        }
        contentType = String(decoding: bytes[Self.field.count..<end], as: UTF8.self)
        body = Array(bytes[(end + 2)...])
    }

    /// A form with these fields and files, in the recorded form.
    static func form(_ parts: [Part], boundary: String = "b0undary") -> [UInt8] {
        var bytes = field + Array("multipart/form-data; boundary=\(boundary)\n\n".utf8)
        for part in parts {
            bytes += Array("--\(boundary)\r\nContent-Disposition: form-data; name=\"\(part.name)\"".utf8)
            if let file = part.file { bytes += Array("; filename=\"\(file)\"".utf8) }
            if let type = part.type { bytes += Array("\r\nContent-Type: \(type)".utf8) }
            bytes += Array("\r\n\r\n".utf8) + part.content + Array("\r\n".utf8)
        }
        return bytes + Array("--\(boundary)--\r\n".utf8)
    }

    struct Part {
        var name: String
        var file: String?
        var type: String?
        var content: [UInt8]

        static func field(_ name: String, _ text: String) -> Part { Part(name: name, content: Array(text.utf8)) }

        static func file(_ name: String, _ file: String, _ type: String? = nil, _ content: [UInt8] = png) -> Part {
            Part(name: name, file: file, type: type, content: content)
        }
    }

    /// The beginning of a PNG file, and of a JPEG file.
    static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0x00]
    static let jpeg: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE0, 0x00, 0x10]
}
