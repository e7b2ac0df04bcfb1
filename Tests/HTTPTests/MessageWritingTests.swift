import HTTP
import Testing

/// Answers, chunks, dates and percent-encoding as they stand on the wire.
@Suite struct MessageWritingTests {
    @Test(arguments: [
        (200, BodyFraming.length(5), true, 1, "HTTP/1.1 200 OK\r\nX-A: b\r\nDate: D\r\nContent-Length: 5\r\n\r\n"),
        (
            200, .length(0), false, 1,
            "HTTP/1.1 200 OK\r\nX-A: b\r\nDate: D\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        ),
        (200, .chunked, true, 1, "HTTP/1.1 200 OK\r\nX-A: b\r\nDate: D\r\nTransfer-Encoding: chunked\r\n\r\n"),
        (200, .none, false, 0, "HTTP/1.1 200 OK\r\nX-A: b\r\nDate: D\r\nConnection: close\r\n\r\n"),
        (
            200, .length(10), true, 0,
            "HTTP/1.1 200 OK\r\nX-A: b\r\nDate: D\r\nContent-Length: 10\r\nConnection: keep-alive\r\n\r\n"
        ),
        (204, .length(0), true, 1, "HTTP/1.1 204 No Content\r\nX-A: b\r\nDate: D\r\n\r\n"),
        (304, .chunked, true, 1, "HTTP/1.1 304 Not Modified\r\nX-A: b\r\nDate: D\r\n\r\n"),
        (599, .length(1), true, 1, "HTTP/1.1 599 \r\nX-A: b\r\nDate: D\r\nContent-Length: 1\r\n\r\n"),
    ])
    func `an answer's head says how its body ends`(
        status: Int, framing: BodyFraming, keepAlive: Bool, minorVersion: Int, expected: String
    ) {
        var fields = HTTPFields()
        fields.add("X-A", "b")
        var out: [UInt8] = []
        ResponseHead(status: status, fields: fields)
            .serialize(framing: framing, keepAlive: keepAlive, date: "D", minorVersion: minorVersion, into: &out)
        #expect(String(decoding: out, as: UTF8.self) == expected)
    }

    @Test func `a field is found by its name in any case, and by no other of the same length and end`() {
        var fields = HTTPFields()
        fields.reserve(fieldCount: 1, sizeBytes: 4)
        for name in ["Authorization", "X-A", "cf-ray", "X-Api-Key"] { fields.add(name, "value of \(name)") }
        #expect(fields["AUTHORIZATION"] == "value of Authorization" && fields["x-api-kEY"] == "value of X-Api-Key")
        #expect(fields.contains("CF-RAY") && fields.all("x-a") == ["value of X-A"])
        #expect(fields["x-apikeyy"] == nil && !fields.contains("xf-ray") && fields.all("y-a").isEmpty)
        #expect(fields["cf-rax"] == nil && fields[""] == nil)
        fields.remove("cf-ray")
        #expect(!fields.contains("cf-ray") && fields["x-a"] == "value of X-A")
    }

    @Test func `a control character is found wherever it stands`() {
        for count in 1...20 {
            for place in 0..<count {
                for character: UInt8 in [0, 10, 13, 31, 127] {
                    var value = Array(String(repeating: "\t", count: count).utf8)
                    value[place] = character
                    var fields = HTTPFields()
                    fields.add("a", String(decoding: value, as: UTF8.self))
                    value[place] = UInt8(ascii: " ")
                    #expect(fields["a"] == String(decoding: value, as: UTF8.self))
                }
            }
        }
    }

    @Test func `a path begins with what its first bytes are`() {
        #expect("/v1/chat".begins(with: "/v1/") && "/v1/".begins(with: "/v1/") && "".begins(with: ""))
        #expect(!"/v1".begins(with: "/v1/") && !"/V1/".begins(with: "/v1/") && !"".begins(with: "/"))
    }

    @Test func `no value can end its own line`() {
        var fields = HTTPFields()
        fields.add("X-A", "a\r\nSet-Cookie: b\0\u{7f}\tc")
        #expect(fields["x-a"] == "a  Set-Cookie: b  \tc")
        #expect(fields.count == 1)
        fields.add("X-B", "1")
        fields.remove("x-A")
        #expect(fields.map(\.name) == ["X-B"])
    }

    @Test(arguments: [0, 1, 9, 10, 15, 16, 255, 256, 4095, 4096, 65535, 65536, 100_000])
    func `a written chunk is read again`(count: Int) throws {
        let data = [UInt8](repeating: 0x61, count: count)
        var out: [UInt8] = []
        Chunk.append(data, into: &out)
        Chunk.appendLast(into: &out)
        var decoder = BodyDecoder(framing: .chunked)
        var body: [UInt8] = []
        let used = try out.withUnsafeBytes { try decoder.decode($0, into: &body) }
        if used != out.count || body != data || !decoder.isComplete { Issue.record("\(used) of \(out.count) used") }
    }

    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"),
        (1_795_528_799, "Tue, 24 Nov 2026 13:59:59 GMT"), (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
    ])
    func `a date is written and read in the fixed form`(seconds: Int, text: String) {
        #expect(HTTPDate.format(unixSeconds: seconds) == text)
        #expect(HTTPDate.parse(text) == seconds)
    }

    @Test(arguments: [
        ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777), ("Sun Nov  6 08:49:37 1994", 784_111_777),
        ("Sun, 06 Nov 1994 08:49 GMT", nil), ("Sun, 06 Nov 1994 24:00:00 GMT", nil), ("", nil),
        ("Sun, 06 Foo 1994 08:49:37 GMT", nil), ("Sun, 06 Nov 1994 08:49:37 CET", nil), ("12", nil),
    ])
    func `older forms of dates are read, others not`(text: String, seconds: Int?) {
        #expect(HTTPDate.parse(text) == seconds)
    }

    @Test(arguments: [
        ("a b/é~-._", "a%20b%2F%C3%A9~-._"), ("", ""), ("100%", "100%25"), ("+&=", "%2B%26%3D"),
    ])
    func `what is percent-encoded decodes to itself`(text: String, encoded: String) {
        #expect(PercentCoding.encode(text) == encoded)
        #expect(PercentCoding.decode(encoded) == text)
    }

    @Test(arguments: ["%", "%4", "%zz", "a%f", "%ff", "%c3%28"])
    func `a broken escape decodes to nothing`(text: String) {
        #expect(PercentCoding.decode(text) == nil)
    }

    @Test func `query items are decoded and found by name`() {
        let items = QueryItems(decoding: "a=1&b=x+y%2B&&c&a=2&d=%zz&=e")
        #expect(items.map { "\($0.name)=\($0.value)" } == ["a=1", "b=x y+", "c=", "a=2", "=e"])
        #expect(items["a"] == "1" && items["z"] == nil)
    }
}
