import Platform
import Testing

@testable import Supervisor

/// The login of an editor in its encodings, and the readers beneath it against bytes that are none.
@Suite struct EditorLoginTests {
    /// E-mail dev@example.com.
    static let old =
        "Eg9kZXZAZXhhbXBsZS5jb20yOQoTeWEyOS5maXh0dXJlLWFjY2VzcxIGQmVhcmVyGhIxLy9maXh0dXJlLXJlZnJlc2giBgiA8tbKBg=="
    static let new =
        "CmsKGW9hdXRoVG9rZW5JbmZvU2VudGluZWxLZXkSTgpMQ2hONVlUSTVMbVpwZUhSMWNtVXRZV05qWlhOekVnWkNaV0Z5WlhJYUVqRXZMMlpwZUhSMWNtVXRjbVZtY21WemFDSUdDSUR5MXNvRw=="
    static let nested =
        "ClYKGW9hdXRoVG9rZW5JbmZvU2VudGluZWxLZXkSOQoTeWEyOS5maXh0dXJlLWFjY2VzcxIGQmVhcmVyGhIxLy9maXh0dXJlLXJlZnJlc2giBgiA8tbKBg=="
    /// demo-project-1.
    static let project = "CjQKFmVudGVycHJpc2VHY3BQcm9qZWN0SWQSGgoYR2c1a1pXMXZMWEJ5YjJwbFkzUXRNUT09"
    static let token = "1//fixture-refresh"

    /// OAuthTokenInfo, 57 bytes.
    static let info: [UInt8] = {
        let hex = """
            0a13796132392e666978747572652d61636365737312064265617265721a12312f2f666978747572652d7265667265736822060880f2d6ca06
            """
        return stride(from: 0, to: hex.utf8.count, by: 2).map { at in
            let start = hex.index(hex.startIndex, offsetBy: at)
            return UInt8(hex[start...].prefix(2), radix: 16) ?? 0
        }
    }()

    @Test func `every layout holds the same refresh token`() {
        expect(EditorLogin.refreshToken(old: Self.old), Self.token, "old")
        expect(EditorLogin.email(old: Self.old), "dev@example.com", "e-mail")
        expect(EditorLogin.refreshToken(new: Self.new), Self.token, "new")
        expect(EditorLogin.refreshToken(new: Self.nested), Self.token, "wrongly nested")
        expect(EditorLogin.project(Self.project), "demo-project-1", "project")
        expect(ProtobufMessage(Self.info)?.text(3), Self.token, "the token alone")
    }

    @Test func `the token's base64 in the row's place is read too, and blanks around the value`() {
        let key = Array("oauthTokenInfoSentinelKey".utf8)
        let entry = Self.field(1, key) + Self.field(2, Array(Self.base64(Self.info).utf8))
        let value = Self.base64(Self.field(1, entry))
        expect(EditorLogin.refreshToken(new: " \(value)\n"), Self.token, "base64")
        let other = Self.field(1, Self.field(1, Array("other".utf8)) + Self.field(2, [1]))
        expect(EditorLogin.refreshToken(new: Self.base64(other + Self.field(1, entry))), Self.token, "second entry")
        expect(EditorLogin.refreshToken(new: Self.base64(other)), nil, "another key")
    }

    struct Bytes: Sendable, CustomTestStringConvertible {
        let bytes: [UInt8]
        let isMessage: Bool
        let testDescription: String
    }

    static let messages: [Bytes] = [
        Bytes(bytes: [], isMessage: true, testDescription: "nothing"),
        Bytes(bytes: [0x08, 0x01], isMessage: true, testDescription: "varint"),
        Bytes(bytes: [0x08], isMessage: false, testDescription: "varint cut"),
        Bytes(
            bytes: [0x08] + [UInt8](repeating: 0xFF, count: 9) + [0x01], isMessage: true, testDescription: "ten bytes"),
        Bytes(
            bytes: [0x08] + [UInt8](repeating: 0xFF, count: 9) + [0x02], isMessage: false, testDescription: "65 bits"),
        Bytes(
            bytes: [0x08] + [UInt8](repeating: 0x80, count: 10) + [0x00], isMessage: false,
            testDescription: "eleven bytes"
        ),
        Bytes(bytes: [0x09] + [UInt8](repeating: 0, count: 8), isMessage: true, testDescription: "eight bytes"),
        Bytes(bytes: [0x09] + [UInt8](repeating: 0, count: 7), isMessage: false, testDescription: "eight bytes cut"),
        Bytes(bytes: [0x0D] + [UInt8](repeating: 0, count: 4), isMessage: true, testDescription: "four bytes"),
        Bytes(bytes: [0x0D] + [UInt8](repeating: 0, count: 3), isMessage: false, testDescription: "four bytes cut"),
        Bytes(bytes: [0x0A, 0x01, 0x41], isMessage: true, testDescription: "bytes"),
        Bytes(bytes: [0x0A, 0x02, 0x41], isMessage: false, testDescription: "bytes cut"),
        Bytes(
            bytes: [0x0A] + [UInt8](repeating: 0xFF, count: 9) + [0x01], isMessage: false,
            testDescription: "huge length"),
        Bytes(bytes: [0x0B], isMessage: false, testDescription: "group"),
        Bytes(bytes: [0x0C], isMessage: false, testDescription: "group end"),
        Bytes(bytes: [0x0E], isMessage: false, testDescription: "wire type 6"),
        Bytes(bytes: [0x0F], isMessage: false, testDescription: "wire type 7"),
        Bytes(bytes: [0x02, 0x00], isMessage: false, testDescription: "field zero"),
    ]

    @Test(arguments: messages)
    func `a message is refused where the wire format is broken`(row: Bytes) {
        expect(ProtobufMessage(row.bytes) != nil, row.isMessage, "message")
    }

    @Test func `the first field of a number counts, and only text is text`() {
        let message = ProtobufMessage(
            Self.field(3, [0x41]) + Self.field(3, [0x42]) + Self.field(4, [0xFF]) + Self.field(5, []))
        expect(message?.text(3), "A", "first")
        expect(message?.all(3), [[0x41], [0x42]], "all")
        expect(message?.text(4), nil, "no UTF-8")
        expect(message?.text(5), nil, "empty")
    }

    struct Text: Sendable {
        let text: String
        let bytes: [UInt8]?
    }

    static let texts: [Text] = [
        Text(text: "", bytes: []), Text(text: "TQ==", bytes: [0x4D]), Text(text: "TQ", bytes: [0x4D]),
        Text(text: "TWE=", bytes: [0x4D, 0x61]), Text(text: "TWE", bytes: [0x4D, 0x61]),
        Text(text: "TWFu", bytes: [0x4D, 0x61, 0x6E]), Text(text: " TWFu\r\n", bytes: [0x4D, 0x61, 0x6E]),
        Text(text: "+/+/", bytes: [0xFB, 0xFF, 0xBF]), Text(text: "T", bytes: nil), Text(text: "TWFuT", bytes: nil),
        Text(text: "TQ=", bytes: nil), Text(text: "TQ===", bytes: nil), Text(text: "TWFu=", bytes: nil),
        Text(text: "T=Q=", bytes: nil), Text(text: "TW Fu", bytes: nil), Text(text: "TW-_", bytes: nil),
        Text(text: "=", bytes: nil), Text(text: "TQ==TQ==", bytes: nil), Text(text: "TWFu\u{0}", bytes: nil),
    ]

    @Test(arguments: texts.indices)
    func `base64 is read with and without its padding, and nothing else is base64`(row: Int) {
        expect(Base64Text.decode(Self.texts[row].text.utf8), Self.texts[row].bytes, Self.texts[row].text)
    }

    /// Damaged, cut and random values: no crash, and a token that comes out is one that went in.
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `damage never crashes a reader`(seed: UInt64) async {
        var random = Generator(state: seed)
        let values = [Self.old, Self.new, Self.nested, Self.project].compactMap { Base64Text.decode($0.utf8) }
        for _ in 0..<300 {
            // Every test shares one loop.
            await Task.yield()
            var bytes = values[Int(random.next() % UInt64(values.count))]
            for _ in 0...(random.next() % 4) {
                switch random.next() % 4 {
                case 0: bytes = Array(bytes.prefix(Int(random.next() % UInt64(bytes.count + 1))))
                case 1 where !bytes.isEmpty:
                    bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
                case 2:
                    bytes.insert(
                        UInt8(truncatingIfNeeded: random.next()), at: Int(random.next() % UInt64(bytes.count + 1)))
                default: bytes += (0..<(random.next() % 12)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
                }
            }
            let value = Self.base64(bytes)
            for read in [EditorLogin.refreshToken(old:), EditorLogin.refreshToken(new:), EditorLogin.project] {
                if let text = read(value) { #expect(!text.isEmpty) }
            }
            let text = value.utf8.map { random.next() % 40 == 0 ? UInt8(truncatingIfNeeded: random.next()) : $0 }
            if let decoded = Base64Text.decode(text) { #expect(decoded.count <= text.count) }
        }
    }

    /// Cut at every byte, the fixtures yield their token or nothing.
    @Test func `a cut value is no other login`() async {
        for (value, read) in [
            (Self.old, EditorLogin.refreshToken(old:)), (Self.new, EditorLogin.refreshToken(new:)),
            (Self.nested, EditorLogin.refreshToken(new:)),
        ] {
            let bytes = Base64Text.decode(value.utf8) ?? []
            for count in bytes.indices {
                await Task.yield()
                expect(read(Self.base64(Array(bytes.prefix(count)))), nil, "\(count) bytes")
            }
        }
    }

    // MARK: Making values

    static func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        var size: [UInt8] = []
        var rest = bytes.count
        repeat {
            size.append(UInt8(rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))
            rest >>= 7
        } while rest > 0
        return [number << 3 | 2] + size + bytes
    }

    static func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let padded = Array(group) + [UInt8](repeating: 0, count: 3 - group.count)
            let word = Int(padded[0]) << 16 | Int(padded[1]) << 8 | Int(padded[2])
            for index in 0..<4 {
                text.append(index <= group.count ? alphabet[word >> (18 - 6 * index) & 63] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// SplitMix64.
    struct Generator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }
}
