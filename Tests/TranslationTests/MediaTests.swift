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
        ("data:image/jpg;base64,/9j/AAAA", "image/jpeg", "/9j/AAAA"),
        ("data:image/x-png;base64,AAAA", "image/png", "AAAA"),
        ("data:image/*;base64,/9j/AAAA", "image/jpeg", "/9j/AAAA"),
        ("data:application/pdf;base64,JVBERi0x", "application/pdf", "JVBERi0x"),
        ("data:image/svg+xml;base64,AAAA", "image/svg+xml", "AAAA"),
    ])
    func `data URLs are read in every spelling`(url: String, mime: String, data: String) throws {
        let document = try JSONDocument(parsing: JSONValue.string(url).serialized)
        let media = try DataURL.media(from: document.root, sniffs: true, untyped: "image/png")
        #expect(media.mimeType == mime)
        #expect(media.data.withBytes { String(decoding: $0, as: UTF8.self) } == data)
    }

    @Test(arguments: [
        ("x.py", "data:text/x-python;base64,e30=", "text/plain"), ("x.ts", "data:video/mp2t;base64,e30=", "text/plain"),
        ("x.csv", "data:application/vnd.ms-excel;base64,e30=", "text/plain"),
        ("x.unknown", "data:text/x-foo;base64,e30=", "text/plain"), ("x.pdf", "data:;base64,e30=", "application/pdf"),
        ("x.jpg", "data:image/jpg;base64,/9j/AAAA", "image/jpeg"),
        ("x.md", "data:text/markdown;base64,e30=", "text/markdown"),
        ("x.bin", "data:application/zip;base64,e30=", "application/zip"),
    ])
    func `a file has its own type where the upstream takes it, else that of its name`(
        name: String, data: String, type: String
    ) throws {
        let part: JSONValue = ["type": "file", "file": ["filename": .string(name), "file_data": .string(data)]]
        let document = try JSONDocument(parsing: part.serialized)
        #expect(try MediaReader.file(document.root).mimeType == type)
    }
}
