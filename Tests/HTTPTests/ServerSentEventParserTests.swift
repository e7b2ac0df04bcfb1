import HTTP
import Testing

@Suite struct ServerSentEventParserTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let rule: String
        let stream: String
        let events: [String]
        var testDescription: String { rule }
    }

    /// Events are written `name|data`, line feeds in the data as they are.
    static let cases = [
        Case(rule: "line feeds end lines", stream: "data: a\n\ndata: b\n\n", events: ["-|a", "-|b"]),
        Case(rule: "CRLF ends lines", stream: "data: a\r\n\r\ndata: b\r\n\r\n", events: ["-|a", "-|b"]),
        Case(rule: "CR ends lines", stream: "data: a\r\rdata: b\r\r", events: ["-|a", "-|b"]),
        Case(
            rule: "mixed line ends", stream: "data: a\r\n\ndata: b\n\r\ndata: c\r\n\r", events: ["-|a", "-|b", "-|c"]),
        Case(rule: "characters of several bytes", stream: "data: \u{20AC}\u{1F600}\u{E9}\n\n", events: ["-|€😀é"]),
        Case(rule: "several data lines are joined", stream: "data: a\ndata: b\n\n", events: ["-|a\nb"]),
        Case(rule: "one space goes, the next stays", stream: "data:a\ndata:  b\n\n", events: ["-|a\n b"]),
        Case(rule: "the last event needs no empty line", stream: "data: a\n\ndata: b", events: ["-|a", "-|b"]),
        Case(rule: "the last event needs only its line end", stream: "data: b\n", events: ["-|b"]),
        Case(rule: "comments are passed over", stream: ": ping\n\n:\ndata: a\n: x\n\n", events: ["-|a"]),
        Case(rule: "unknown fields are passed over", stream: "id: 7\nretry: 1\nfoo\ndata: a\n\n", events: ["-|a"]),
        Case(
            rule: "names", stream: "event: x\ndata: a\n\ndata: b\n\nevent:y\ndata: c\n\n",
            events: ["x|a", "-|b", "y|c"]),
        Case(rule: "a name without data is no event", stream: "event: x\n\ndata: a\n\n", events: ["-|a"]),
        Case(rule: "empty data is an event", stream: "data:\n\ndata\n\ndata: \n\n", events: ["-|", "-|", "-|"]),
        Case(rule: "empty lines alone are nothing", stream: "\n\n\r\n\n", events: []),
        Case(rule: "a byte order mark is no field", stream: "\u{FEFF}data: a\n\n", events: ["-|a"]),
        Case(rule: "DONE is data", stream: "data: {}\n\ndata: [DONE]\n\n", events: ["-|{}", "-|[DONE]"]),
        Case(rule: "a bare error is data", stream: "data: a\n\n{\"error\":1}\n\n", events: ["-|a", "-|{\"error\":1}"]),
        Case(rule: "a bare error behind data", stream: "data: a\n{\"error\":1}\n", events: ["-|a", "-|{\"error\":1}"]),
        Case(
            rule: "a bare error on several lines", stream: "{\r\n  \"error\": {\r\n    \"code\": 503\r\n  }\r\n}\r\n",
            events: ["-|{\n  \"error\": {\n    \"code\": 503\n  }\n}"]),
        Case(rule: "a bare array", stream: "[{\n\"a\": 1}\n]", events: ["-|[{\n\"a\": 1}\n]"]),
        Case(
            rule: "data behind a bare error", stream: "{\"error\":1}\ndata: a\n\n", events: ["-|{\"error\":1}", "-|a"]),
        Case(rule: "a stream of nothing", stream: "", events: []),
    ]

    @Test(arguments: cases)
    func `a stream gives the same events for every split`(row: Case) throws {
        let bytes = Array(row.stream.utf8)
        for offset in 0...bytes.count { try check(row, bytes, splitAt: [offset]) }
        try check(row, bytes, splitAt: Array(0..<bytes.count))
    }

    @Test(arguments: [
        ("data: 0123456789\n\n", false), ("data: 01234567890\n\n", true), ("data: 01234567890", true),
        ("data: 01234\ndata: 5678901234\n\n", false), ("data: 0123456789\ndata: 01234567\n\n", true),
    ])
    func `a line or an event above the bound is an error`(stream: String, isTooLong: Bool) {
        for pieces in [[], Array(0..<stream.utf8.count)] {
            let failed = (try? read(Array(stream.utf8), splitAt: pieces, sizeMaxBytes: 16)) == nil
            if failed != isTooLong { Issue.record("\(stream.debugDescription) failed: \(failed)") }
        }
    }

    @Test func `what is written is what is read`() throws {
        var out: [UInt8] = []
        let events = [
            ServerSentEvent(name: "error", data: Array("a\nb".utf8)), ServerSentEvent(data: []),
            ServerSentEvent(data: Array("{}".utf8)),
        ]
        for event in events {
            event.append(into: &out)
            ServerSentEvent.append(comment: "ping", into: &out)
        }
        var seen: [ServerSentEvent] = []
        var parser = ServerSentEventParser(lineSizeMaxBytes: 100)
        try out.withUnsafeBytes { try parser.feed($0) { seen.append($0) } }
        #expect(seen == events)
    }

    private func check(_ row: Case, _ bytes: [UInt8], splitAt offsets: [Int]) throws {
        let seen = try read(bytes, splitAt: offsets, sizeMaxBytes: 1000)
        if seen != row.events { Issue.record("split at \(offsets): \(seen)") }
    }

    private func read(_ bytes: [UInt8], splitAt offsets: [Int], sizeMaxBytes: Int) throws -> [String] {
        var parser = ServerSentEventParser(lineSizeMaxBytes: sizeMaxBytes)
        var seen: [String] = []
        func take(_ event: ServerSentEvent) {
            seen.append("\(event.name ?? "-")|\(String(decoding: event.data, as: UTF8.self))")
        }
        var start = 0
        for end in offsets + [bytes.count] {
            try Array(bytes[start..<end]).withUnsafeBytes { try parser.feed($0, take) }
            start = end
        }
        try parser.finish(take)
        return seen
    }
}
