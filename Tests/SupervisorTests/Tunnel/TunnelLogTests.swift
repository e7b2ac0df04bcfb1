import Testing

@testable import Supervisor

@Suite struct TunnelLogTests {
    static let quick: [(line: String, address: String?)] = [
        (
            "2026-08-20T10:12:00Z INF |  https://kind-words-here.trycloudflare.com                 |",
            "https://kind-words-here.trycloudflare.com"
        ),
        (
            #"{"level":"info","message":"|  https://a-1.trycloudflare.com  |","time":"x"}"#,
            "https://a-1.trycloudflare.com"
        ),
        (#"ERR failed to request quick Tunnel: Post "https://api.trycloudflare.com/tunnel": timeout"#, nil),
        (#"see https://api.trycloudflare.com and https://b.trycloudflare.com"#, "https://b.trycloudflare.com"),
        ("https://c.trycloudflare.com.evil.example", nil), ("https://.trycloudflare.com", nil),
        ("https://x.y.trycloudflare.com", nil), ("http://d.trycloudflare.com", nil), ("https://", nil), ("", nil),
        (String(repeating: "https://", count: 400), nil),
    ]

    @Test(arguments: quick)
    func `a quick tunnel's address is found and nothing else is`(line: String, address: String?) {
        #expect(TunnelAddress.find(in: line, isNamed: false) == address)
    }

    static let named: [(line: String, address: String?)] = [
        (
            #"INF Updated to new configuration config="{\"ingress\":[{\"hostname\":\"A.example.com\",\"service\":\"x\"}]}" version=3"#,
            "https://a.example.com"
        ),
        (
            #"{"level":"info","config":"\"{\\\"ingress\\\":[{\\\"hostname\\\":\\\"b.example.com\\\"}]}\"","message":"Updated to new configuration"}"#,
            "https://b.example.com"
        ),
        (#"INF Updated to new configuration config="{\"ingress\":[{\"service\":\"http_status:404\"}]}""#, nil),
        (#"INF Updated to new configuration config="{\"ingress\":[{\"hostname\":\"*.example.com\"}]}""#, nil),
        (#"INF somebody says {\"ingress\":[{\"hostname\":\"c.example.com\"}]}"#, nil),
        ("INF |  https://kind-words.trycloudflare.com  |", nil),
    ]

    @Test(arguments: named)
    func `a named tunnel's address is its first rule's`(line: String, address: String?) {
        #expect(TunnelAddress.find(in: line, isNamed: true) == address)
    }

    private static let text = "one\r\n\nhttps://a.trycloudflare.com\nhttps://b.trycloudflare.com\nlast"

    @Test(arguments: [1, 2, 7, 1000])
    func `pieces of any size give the same lines`(size: Int) {
        var log = TunnelLog(isNamed: false)
        let bytes = Array(Self.text.utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            log.feed(bytes[start..<min(start + size, bytes.count)], from: .error)
        }
        #expect(log.address == "https://b.trycloudflare.com")  // a later one replaces an earlier one
        log.finish()
        #expect(log.lines == ["one", "", "https://a.trycloudflare.com", "https://b.trycloudflare.com", "last"])
        #expect(log.lastLines.last == "last" && !log.lastLines.contains(""))
    }

    @Test func `the ring keeps the latest lines and no more`() {
        var log = TunnelLog(isNamed: false)
        for number in 1...1234 { log.feed(Array("line \(number)\n".utf8), from: .error) }
        #expect(log.lines.count == 500)
        #expect(log.lastLines == (1215...1234).map { "line \($0)" })
    }

    @Test func `a line without end is cut`() {
        var log = TunnelLog(isNamed: false)
        for _ in 1...100 { log.feed([UInt8](repeating: UInt8(ascii: "x"), count: 65_536), from: .error) }
        log.feed(Array("\nshort\n".utf8), from: .error)
        #expect(log.lines.map(\.utf8.count) == [LineSplitter.lineSizeMaxBytes, 5])
        #expect(log.lastLines.map(\.utf8.count) == [TunnelLog.toldLineSizeMaxBytes, 5])
    }

    @Test func `the standard output names an address and leaves no line`() {
        var log = TunnelLog(isNamed: false)
        log.feed(Array("https://a.trycloudflare.com\n".utf8), from: .output)
        #expect(log.address == "https://a.trycloudflare.com" && log.lines.isEmpty)
    }
}
