import HTTP
import JSON
import Testing
import Translation

@testable import Worker

/// Bodies as the traffic log keeps them.
@Suite struct StoredBodyTests {
    private func stored(_ text: String, _ size: Int = 65_536) -> String {
        String(decoding: StoredBody.text(Array(text.utf8), sizeMaxBytes: size), as: UTF8.self)
    }

    private static let data = String(repeating: "QUJD", count: 400)

    @Test func `data is replaced by its size, in every form in which clients send it`() {
        #expect(stored(#"{"data":"\#(Self.data)","a":1}"#) == #"{"data":"[base64 1200 bytes]","a":1}"#)
        #expect(
            stored(#"{"url":"data:image/png;base64,\#(Self.data)"}"#)
                == #"{"url":"data:image/png;base64,[base64 1200 bytes]"}"#)
        #expect(stored(#"["\#(Self.data)","\#(Self.data)"]"#) == #"["[base64 1200 bytes]","[base64 1200 bytes]"]"#)
        // A body that breaks off within its data.
        #expect(stored(#"{"data":"\#(Self.data)"#) == #"{"data":"[base64 1200 bytes]"#)
    }

    @Test(
        arguments: [
            "", "{}", "\"\"", "\"short\"", #"{"a":"QUJD"}"#,
            "{\"a\":\"" + String(repeating: "word ", count: 500) + "\"}",
            "{\"a\":\"data:text/plain," + String(repeating: "x y", count: 500) + "\"}", "\"data:\"",
            "\"data:;base64,\"",
        ])
    func `everything else stays as it is`(text: String) { #expect(stored(text) == text) }

    @Test func `a cut falls between two characters and says how long the body was`() {
        for character in ["a", "ä", "€", "😀"] {
            let text = String(repeating: character, count: 100)
            for size in 1...20 {
                let lines = stored(text, size).split(separator: "\n", omittingEmptySubsequences: false)
                #expect(lines.count == 2 && lines[1] == "…[truncated, \(text.utf8.count) bytes total]")
                #expect(text.hasPrefix(lines[0]) && lines[0].utf8.count <= size && lines[0].utf8.count > size - 4)
            }
            #expect(stored(text, text.utf8.count) == text)
        }
    }

    @Test func `what is no text is named`() {
        let bytes: [UInt8] = [1, 0, 2]
        func request(_ type: String?) -> String {
            String(decoding: StoredBody.request(bytes, contentType: type, sizeMaxBytes: 99), as: UTF8.self)
        }
        #expect(request("application/json") == "[Binary Request Data]" && request(nil) == "[Binary Request Data]")
        #expect(request("multipart/form-data; boundary=x") == "[Binary Request Data]")
        let response = StoredBody.response(bytes, contentType: "image/png", sizeMaxBytes: 99)
        #expect(String(decoding: response, as: UTF8.self) == "[image/png]")
    }

    @Test func `a stream is told by what it said, and an empty one by nothing`() {
        var digest = StreamDigest(sizeMaxBytes: 100)
        #expect(digest.bytes == nil)
        for event: GenerationEvent in [
            .thinking("hm "), .thinking("\"so\""), .thinkingSignature("c2ln"), .text("Grüße\n"), .textSignature("no"),
            .usage(TokenUsage(prompt: 3, cached: 0, output: 0, reasoning: 0)),
            .usage(TokenUsage(prompt: 3, cached: 0, output: 7, reasoning: 0)),
        ] { digest.take(event) }
        #expect(
            String(decoding: digest.bytes ?? [], as: UTF8.self) == """
                {
                  "thinking": "hm \\"so\\"",
                  "thinking_signature": "c2ln",
                  "content": "Grüße\\n",
                  "input_tokens": 3,
                  "output_tokens": 7
                }
                """)
        for _ in 0..<1000 { digest.take(.text("0123456789")) }
        #expect((digest.bytes?.count ?? 0) < 400)
    }

    @Test func `bodies above the bytes of a second are left out`() {
        var allowance = BodyAllowance()
        let second = BodyAllowance.bytesPerSecond
        let taken = [
            allowance.take(second, now: 5_000_000_000), allowance.take(1000, now: 5_000_000_000),
            allowance.take(second / 2, now: 5_500_000_000), allowance.take(1000, now: 5_500_000_000),
        ]
        #expect(taken == [true, false, true, false])
    }

    @Test(
        arguments: [
            ("127.0.0.1", "192.0.2.1, 10.0.0.1", "192.0.2.1"), ("::1", "2001:db8::1", "2001:db8::1"),
            ("192.0.2.9", "192.0.2.1", "192.0.2.9"), ("127.0.0.1", "unknown", "127.0.0.1"),
            ("127.0.0.1", "<script>", "127.0.0.1"), ("127.0.0.1", "", "127.0.0.1"),
        ])
    func `a proxy on this machine alone may name the client`(peer: String, forwarded: String, expected: String) {
        var fields = HTTPFields()
        fields.add("X-Forwarded-For", forwarded)
        #expect(ClientOrigin.address(peer: peer, fields, isTunnelOpen: false) == expected)
    }

    @Test(
        arguments: [
            ("127.0.0.1", "203.0.113.7", true, "203.0.113.7"), ("127.0.0.1", "203.0.113.7", false, "192.0.2.1"),
            ("198.51.100.4", "203.0.113.7", true, "198.51.100.4"), ("::1", "2001:db8::7", true, "2001:db8::7"),
            ("127.0.0.1", "nobody", true, "192.0.2.1"),
        ])
    func `Cloudflare names the client only from this machine and only while a tunnel leads here`(
        peer: String, connecting: String, isTunnelOpen: Bool, expected: String
    ) {
        var fields = HTTPFields()
        fields.add("X-Forwarded-For", "192.0.2.1")
        fields.add("CF-Connecting-IP", connecting)
        #expect(ClientOrigin.address(peer: peer, fields, isTunnelOpen: isTunnelOpen) == expected)
    }
}
