import JSON

/// Media in a dialect whose answers are text: a markdown image with the data inline, on a line of its own.
enum MarkdownImage {
    /// The escaped text for one picture; `isFirst`: nothing stands before it.
    static func text(of media: Media, isFirst: Bool) -> JSONString {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(media.data.count + 64)
        if !isFirst { bytes += "\\n\\n".utf8 }
        bytes += "![image](".utf8
        append(addressOf: media, to: &bytes)
        bytes += ")\\n".utf8
        return JSONString(escaped: bytes)
    }

    /// The picture as a data URL, escaped.
    static func address(of media: Media) -> JSONString {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(media.data.count + 64)
        append(addressOf: media, to: &bytes)
        return JSONString(escaped: bytes)
    }

    private static func append(addressOf media: Media, to bytes: inout [UInt8]) {
        bytes += "data:".utf8
        bytes += JSONString(media.mimeType).escaped
        bytes += ";base64,".utf8
        media.data.withBytes { bytes.append(contentsOf: $0) }
    }
}
