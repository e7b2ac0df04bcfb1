import JSON

/// Roughly how many tokens a prompt has, for answers that must name a number when the upstream does not count.
///
/// Four bytes of ASCII make a token, and so do one and a half other characters; JSON of tools goes by its size; a picture or
/// a page of a document has a fixed price.
public struct TokenEstimate {
    /// One picture, and one page of a document.
    static let imageTokens = 258
    /// Bytes of a document that stand for one page: its pages are not looked for.
    static let pageSizeBytes = 50_000

    private var asciiBytes = 0
    private var otherCharacters = 0
    private var jsonBytes = 0
    private var mediaTokens = 0

    /// At least 1.
    public static func tokens(of request: GenerationRequest) -> Int {
        var estimate = TokenEstimate()
        for text in request.system { estimate.add(text) }
        for turns in [request.turns] + request.prompts {
            for turn in turns { turn.parts.forEach { estimate.add($0) } }
        }
        for tool in request.tools { estimate.add(tool) }
        return max(1, estimate.total)
    }

    /// In twelfths of a token, so that nothing is rounded before the end.
    private var total: Int {
        let text = (asciiBytes * 3 + otherCharacters * 8 + 11) / 12
        return text + (jsonBytes + 3) / 4 + mediaTokens
    }

    private mutating func add(_ part: Turn.Part) {
        switch part {
        case .text(let text, _): add(text)
        case .thinking(let thinking): add(thinking.text)
        case .media(let media): add(media)
        case .native(let part):
            if part.substitute.isEmpty { jsonBytes += part.json.byteCount }
            for other in part.substitute { add(other) }
        case .toolCall(let call): jsonBytes += call.name.utf8.count + call.arguments.byteCount
        case .toolResult(let result):
            switch result.output {
            case .text(let text): add(text)
            case .object(let object): jsonBytes += object.byteCount
            }
            for media in result.media { add(media) }
        }
    }

    private mutating func add(_ tool: ToolDeclaration) {
        jsonBytes += tool.name.utf8.count + (tool.description?.escapedCount ?? 0)
        jsonBytes += tool.schema.map { $0.withRawBytes { $0.count } } ?? 0
    }

    private mutating func add(_ media: Media) {
        let isImage = media.mimeType.hasPrefix("image/")
        // Four characters of base64 are three bytes.
        mediaTokens += Self.imageTokens * (isImage ? 1 : max(1, media.data.count / 4 * 3 / Self.pageSizeBytes))
    }

    /// Counts characters in the escaped form: an escape is one character, the second half of a surrogate pair is none.
    private mutating func add(_ text: JSONString) {
        text.withEscaped { bytes in
            var index = 0
            while index < bytes.count {
                let byte = bytes[index]
                if byte == UInt8(ascii: "\\"), index + 5 < bytes.count, bytes[index + 1] == UInt8(ascii: "u") {
                    addEscape(bytes[index + 2], bytes[index + 3], bytes[index + 4])
                    index += 6
                } else if byte == UInt8(ascii: "\\") {
                    asciiBytes += 1
                    index += 2
                } else if byte < 0x80 {
                    let count = max(1, Self.plainCount(bytes, from: index))
                    asciiBytes += count
                    index += count
                } else {
                    if byte >= 0xC0 { otherCharacters += 1 }
                    index += 1
                }
            }
        }
    }

    /// How many bytes from there on are ASCII without an escape, as far as whole groups of eight are.
    @inline(__always)
    private static func plainCount(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        let raw = UnsafeRawBufferPointer(bytes)
        let highs: UInt64 = 0x8080_8080_8080_8080
        var end = start
        while end + 8 <= raw.count {
            let word = raw.loadUnaligned(fromByteOffset: end, as: UInt64.self)
            let backslash = word ^ 0x5C5C_5C5C_5C5C_5C5C
            guard (word | (backslash &- 0x0101_0101_0101_0101)) & highs == 0 else { break }
            end += 8
        }
        return end - start
    }

    /// The first three hexadecimal digits of a `\uXXXX`.
    private mutating func addEscape(_ first: UInt8, _ second: UInt8, _ third: UInt8) {
        let zero = UInt8(ascii: "0")
        if first == zero, second == zero, third < UInt8(ascii: "8") {
            asciiBytes += 1
        } else if first | 0x20 != UInt8(ascii: "d") || !Self.isLowHalf(second) {
            otherCharacters += 1
        }
    }

    /// DC00 to DFFF: the first half has counted for the pair.
    private static func isLowHalf(_ digit: UInt8) -> Bool {
        (UInt8(ascii: "c")...UInt8(ascii: "f")).contains(digit | 0x20)
    }
}
