import Foundation
import HTTP
import Testing

/// Damaged requests: whatever is refused or accepted must not depend on how the bytes were split.
@Suite struct RequestFuzzTests {
    /// `HTTP_FUZZ_ROUNDS` makes the run longer; each seed is an independent sequence.
    static let rounds = Int(ProcessInfo.processInfo.environment["HTTP_FUZZ_ROUNDS"] ?? "") ?? 5000

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `a damaged request is judged the same whole and byte by byte`(seed: UInt64) {
        var random = SplitMix(state: seed)
        let rows = RequestRow.all.map(\.wireBytes).filter { $0.count < 1500 }
        for _ in 0..<Self.rounds {
            guard var bytes = rows.randomElement(using: &random) else { return }
            for _ in 0..<Int.random(in: 1...4, using: &random) { mutate(&bytes, &random) }
            let whole = RequestReader.read(bytes, splitAt: [])
            let single = RequestReader.read(bytes, splitAt: 0..<bytes.count)
            if whole != single {
                Issue.record("\(String(decoding: bytes, as: UTF8.self).debugDescription)\n\(whole)\n\(single)")
                return
            }
        }
    }

    private static let pieces: [[UInt8]] = [
        "\r\n", "\r", "\n", " ", "\t", ":", ";", ",", "0", "5", "\0", "chunked", "\r\n\r\n", "=", "\"", "/", "*", "#",
        "?",
        "HTTP/1.1", "Host: a\r\n", "Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n",
        "Expect: 100-continue\r\n",
        "Connection: close\r\n", "\u{7f}", "é",
    ].map { Array($0.utf8) }

    private func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix) {
        let at = Int.random(in: 0...bytes.count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes.insert(contentsOf: Self.pieces.randomElement(using: &random) ?? [], at: at)
        case 1 where at < bytes.count: bytes[at] = UInt8.random(in: 0...255, using: &random)
        case 2 where at < bytes.count:
            bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...8, using: &random)))
        case 3 where at < bytes.count:
            let end = min(bytes.count, at + Int.random(in: 1...40, using: &random))
            bytes.insert(contentsOf: bytes[at..<end], at: at)
        case 4 where at + 1 < bytes.count: bytes.swapAt(at, at + 1)
        default: bytes.append(contentsOf: Self.pieces.randomElement(using: &random) ?? [])
        }
    }
}

/// A small generator with a seed, so that a failure can be found again.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
