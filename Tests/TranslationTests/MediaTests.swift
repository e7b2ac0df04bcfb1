import JSON
import Testing

@testable import Translation

@Suite struct MediaTests {
    @Test func `base64 goes there and back in every form that clients send`() {
        var random = Seeded(9)
        for size in 0..<200 {
            let bytes = (0..<size).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            let text = Base64.encode(bytes)
            if size > 0 {
                #expect(Base64.decode(text) == bytes)
                #expect(text.withUnsafeBufferPointer { Base64.isNormal($0) })
                let loose = text.filter { $0 != UInt8(ascii: "=") }.flatMap { byte -> [UInt8] in
                    let safe =
                        byte == UInt8(ascii: "+")
                        ? UInt8(ascii: "-") : byte == UInt8(ascii: "/") ? UInt8(ascii: "_") : byte
                    return random.chance(10) ? [safe, 0x0A] : [safe]
                }
                #expect(Base64.normalize(loose) == text)
            }
        }
    }

    @Test(arguments: ["", "A", "AAAAA", "AA=A", "A!AA", "ÄÄÄÄ", "====", "AAAA=A=="])
    func `what is no base64 is refused, and never taken for normal`(text: String) {
        #expect(Base64.normalize(text.utf8) == nil)
        #expect(!Array(text.utf8).withUnsafeBufferPointer { Base64.isNormal($0) })
    }

    @Test(arguments: [
        ("data:image/png;base64,iVBORw0KGgo=", "image/png", "iVBORw0KGgo="),
        ("DATA:IMAGE/PNG;BASE64,iVBORw0KGgo=", "image/png", "iVBORw0KGgo="),
        ("data:;base64,/9j/AAAA", "image/jpeg", "/9j/AAAA"),
        ("data:application/octet-stream;base64,R0lGODlh", "image/gif", "R0lGODlh"),
        ("data:image/png;base64,iVBORw0KGgo%3D", "image/png", "iVBORw0KGgo="),
        ("data:image/png;base64,iVBO\nRw0KGgo", "image/png", "iVBORw0KGgo="),
        ("data:text/plain;charset=utf-8,a%20b%", "text/plain", "YSBiJQ=="),
    ])
    func `data URLs are read in every spelling`(url: String, mime: String, data: String) throws {
        let document = try JSONDocument(parsing: JSONValue.string(url).serialized)
        let media = try DataURL.media(from: document.root, sniffs: true)
        #expect(media.mimeType == mime)
        #expect(media.data.withBytes { String(decoding: $0, as: UTF8.self) } == data)
    }
}
