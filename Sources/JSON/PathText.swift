/// Writes places in a document the way people do: `messages[2].content[0].type`.
///
/// Names that are not plain words stand quoted in brackets, `["a b"]`. Long names and long paths are cut, so that a path
/// stays one short line whatever the text holds.
struct PathText {
    static let nameSizeMaxBytes = 64
    static let sizeMaxBytes = 512

    private(set) var text = ""

    mutating func append(index: Int) { append("[\(index)]") }

    mutating func append(name: String) {
        if !name.isEmpty, name.utf8.count <= Self.nameSizeMaxBytes, name.utf8.allSatisfy(Self.isPlain) {
            append(text.isEmpty ? name : "." + name)
        } else {
            var quoted = "[\""
            for scalar in name.unicodeScalars {
                if quoted.utf8.count > Self.nameSizeMaxBytes {
                    quoted += "…"
                    break
                }
                if scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
                    || (0x2028...0x2029).contains(scalar.value)
                {
                    quoted += "?"
                } else {
                    if scalar == "\"" || scalar == "\\" { quoted += "\\" }
                    quoted.unicodeScalars.append(scalar)
                }
            }
            append(quoted + "\"]")
        }
    }

    private mutating func append(_ piece: String) {
        guard text.utf8.count <= Self.sizeMaxBytes else { return }
        text += piece
        if text.utf8.count > Self.sizeMaxBytes { text += "…" }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "$"):
            true
        default: false
        }
    }
}
