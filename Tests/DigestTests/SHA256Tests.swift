import Testing

@testable import Digest

@Suite struct SHA256Tests {
    /// FIPS 180-4 examples and rows of NIST's SHA256ShortMsg/LongMsg vectors; repetitions as (byte, count).
    @Test func `known answers`() {
        let table: [(UInt8, Int, String)] = [
            (0x61, 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            (0xbd, 1, "68325720aabd7c82f30f554b313d0570c95accbb7dc4b5aae11204c08ffe732b"),
            (0x00, 55, "02779466cdec163811d078815c633f21901413081449002f24aa3e80f0b88ef7"),
            (0x00, 56, "d4817aa5497628e7c77e6b606107042bbba3130888c5f47a375e6179be789fbb"),
            (0x00, 57, "65a16cb7861335d5ace3c60718b5052e44660726da4cd13bb745381b235a1785"),
            (0x00, 64, "f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb4b"),
            (0x00, 1000, "541b3e9daa09b20bf85fa273e5cbd3e80185aa4ec298e765db87742b70138a53"),
            (0x41, 1000, "c2e686823489ced2017f6059b8b239318b6364f6dcd835d0a519105a1eadd6e4"),
            (0x55, 1005, "f4d62ddec0f3dd90ea1380fa16a5ff8dc4c54b21740650f24afc4120903552b0"),
            (0x61, 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
        ]
        for (byte, count, digest) in table {
            let found = Hex.encode(SHA256.hash([UInt8](repeating: byte, count: count)))
            if found != digest { Issue.record("\(count) times \(byte): \(found)") }
        }
        let texts = [
            "abc": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq":
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu":
                "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1",
        ]
        for (text, digest) in texts { #expect(Hex.encode(SHA256.hash(text.utf8)) == digest) }
    }

    @Test func `the processor's instructions and the Swift code fold alike`() {
        var (hardware, swift) = (SHA256State(), SHA256State())
        let blocks = (0..<64 * 37).map { UInt8(truncatingIfNeeded: $0 &* $0 &+ 11) }
        blocks.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            hardware.compress(base, count: 37)
            swift.compressInSwift(base, count: 37)
        }
        #expect(hardware.bytes(count: 32) == swift.bytes(count: 32))
    }

    @Test func `pieces of any size give the digest of the whole`() {
        let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let whole = SHA256.hash(bytes)
        for size in 1...130 {
            var hasher = SHA256()
            for start in stride(from: 0, to: bytes.count, by: size) {
                hasher.update(Array(bytes[start..<min(start + size, bytes.count)]))
            }
            if hasher.finalize() != whole { Issue.record("pieces of \(size)") }
        }
    }
}
