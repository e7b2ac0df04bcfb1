import HTTP
import Testing

@Suite struct RequestHeadTests {
    struct Address: Sendable {
        let text: String
        var host = ""
        var authority = ""
        var port: UInt16 = 0
        var target = "/"
    }

    @Test(arguments: [
        Address(text: "http://a.b/c?d=e#f", host: "a.b", authority: "a.b", port: 80, target: "/c?d=e"),
        Address(text: "https://a", host: "a", authority: "a", port: 443),
        Address(text: "https://a:8443?x", host: "a", authority: "a:8443", port: 8443, target: "/?x"),
        Address(text: "http://[::1]:80/v1:x", host: "::1", authority: "[::1]:80", port: 80, target: "/v1:x"),
        Address(text: "http://127.0.0.1:/", host: "127.0.0.1", authority: "127.0.0.1:", port: 80),
    ])
    func `an address is taken apart`(row: Address) throws {
        let url = try #require(HTTPURL(row.text))
        #expect(url.host == row.host)
        #expect(url.authority == row.authority)
        #expect(url.port == row.port)
        #expect(url.target == row.target)
        #expect(url.isSecure == row.text.hasPrefix("https"))
        #expect(HTTPURL(url.text) == url)
    }

    @Test(arguments: [
        "", "ftp://a/", "http:/a", "http://", "http:///x", "http://user@a/", "http://user:word@a/", "http://a:99999/",
        "http://a:0/", "http://a b/", "http://a/b c", "http://a/\r\nX: y", "http://ä/", "http://[::1/", "HTTP",
    ])
    func `what is no address of a server is refused`(text: String) { #expect(HTTPURL(text) == nil) }

    @Test func `a request is written in one piece, and no value ends its line`() throws {
        var out: [UInt8] = []
        let opening = RequestOpening(
            method: .post, url: try #require(HTTPURL("https://h:1/p?q")), lines: FieldLines([("A", "b")]))
        let fields = FieldLines("B", prefix: "x ", "\r\ny")
        opening.appendHead(fields: fields, bodySizeBytes: 0, into: &out)
        let expected = "POST /p?q HTTP/1.1\r\nHost: h:1\r\nA: b\r\nB: x   y\r\nContent-Length: 0\r\n\r\n"
        #expect(String(decoding: out, as: UTF8.self) == expected)
        #expect(out.count <= opening.headSizeMaxBytes(fields: fields))
        out = []
        opening.appendHead(fields: FieldLines([("C", "d\r\nEvil: 1\0")]), bodySizeBytes: .max, into: &out)
        let last = "Host: h:1\r\nA: b\r\nC: d  Evil: 1 \r\nContent-Length: \(Int.max)\r\n\r\n"
        #expect(String(decoding: out, as: UTF8.self) == "POST /p?q HTTP/1.1\r\n" + last)
        #expect(out.count == opening.headSizeMaxBytes(fields: FieldLines([("C", "d\r\nEvil: 1\0")])))
    }

    @Test func `a request without a body names no length`() throws {
        var out: [UInt8] = []
        RequestOpening(method: .get, url: try #require(HTTPURL("http://h")))
            .appendHead(fields: FieldLines(), bodySizeBytes: nil, into: &out)
        #expect(String(decoding: out, as: UTF8.self) == "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
    }
}
