import Foundation
import HTTP
import Testing

/// Every row of the table of answers, whole, split and damaged.
@Suite struct ResponseReaderTests {
    @Test(arguments: ResponseRow.all)
    func `an answer comes out, or is refused, as its row says`(row: ResponseRow) {
        let seen = Self.read(Array(row.bytes.utf8), to: row.method, splitAt: [])
        if seen != row.outcome { Issue.record("\(seen)") }
    }

    @Test(arguments: ResponseRow.all)
    func `how an answer is split makes no difference`(row: ResponseRow) {
        let bytes = Array(row.bytes.utf8)
        for offset in stride(from: 0, through: bytes.count, by: max(1, bytes.count / 600)) {
            let seen = Self.read(bytes, to: row.method, splitAt: [offset])
            if seen != row.outcome { Issue.record("split at \(offset): \(seen)") }
        }
        guard bytes.count < 4096 else { return }
        let single = Self.read(bytes, to: row.method, splitAt: 0..<bytes.count)
        if single != row.outcome { Issue.record("byte by byte: \(single)") }
    }

    @Test(arguments: [11, 12, 13, 14] as [UInt64])
    func `a damaged answer is judged the same whole and byte by byte`(seed: UInt64) {
        var random = SplitMix(state: seed)
        let rows = ResponseRow.all.map { Array($0.bytes.utf8) }.filter { $0.count < 1500 && !$0.isEmpty }
        for _ in 0..<RequestFuzzTests.rounds {
            guard var bytes = rows.randomElement(using: &random) else { return }
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
                case 1 where bytes.count > 1: bytes.remove(at: at)
                case 2: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + 20)], at: at)
                default: bytes.insert(contentsOf: Self.pieces.randomElement(using: &random) ?? [], at: at)
                }
            }
            let whole = Self.read(bytes, to: .post, splitAt: [])
            let single = Self.read(bytes, to: .post, splitAt: 0..<bytes.count)
            if whole != single {
                Issue.record("\(String(decoding: bytes, as: UTF8.self).debugDescription)\n\(whole)\n\(single)")
                return
            }
        }
    }

    @Test func `the head of an answer keeps its fields`() {
        var reader = ResponseReader(answering: .get)
        var body: [UInt8] = []
        let bytes = Array("HTTP/1.1 429 Slow\r\nRetry-After:  7 \r\nX: \r\nContent-Length: 0\r\n\r\n".utf8)
        let used = bytes.withUnsafeBytes { try? reader.take($0, into: &body) }
        #expect(used == bytes.count)
        #expect(reader.head?.status == 429)
        #expect(reader.head?.fields["retry-after"] == "7")
        #expect(reader.head?.fields["x"] == "")
    }

    private static let pieces: [[UInt8]] = [
        "\r\n", "\r", "\n", " ", "\t", ":", ";", "0", "5", "\0", "chunked", "\r\n\r\n", "\"", "HTTP/1.1 100 X\r\n\r\n",
        "Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n", "Connection: close\r\n", "\u{7f}", "é",
    ].map { Array($0.utf8) }

    private static func read(
        _ bytes: [UInt8], to method: HTTPMethod, splitAt offsets: some Sequence<Int>
    ) -> ResponseRow.Outcome {
        var reader = ResponseReader(answering: method)
        var body: [UInt8] = []
        var total = 0
        var start = 0
        for end in Array(offsets) + [bytes.count] {
            do throws(HTTPRefusal.Reason) {
                try bytes.withUnsafeBufferPointer { (all) throws(HTTPRefusal.Reason) in
                    let piece = UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: all[start..<end]))
                    total += reader.isComplete ? 0 : try reader.take(piece, into: &body)
                }
            } catch {
                return .refused(error)
            }
            start = end
        }
        let text = String(decoding: body, as: UTF8.self)
        guard let status = reader.head?.status, reader.mayEndHere else { return .cut }
        guard reader.isComplete else { return .untilEnd(status, body: text) }
        return .answer(
            status, body: text, keeps: reader.keepsConnection, rest: String(decoding: bytes[total...], as: UTF8.self))
    }
}
