import Digest
import Testing

@Suite struct DigestTests {
    @Test func `hexadecimal goes both ways and refuses what is not`() {
        let bytes = Array(UInt8.min...UInt8.max)
        #expect(Hex.decode(Hex.encode(bytes)) == bytes && Hex.decode(Hex.encode(bytes).uppercased()) == bytes)
        #expect(Hex.encode([0, 0x0F, 0xA0]) == "000fa0" && Hex.decode("") == [])
        for bad in ["0", "abc", "0g", "0x10", " 00", "é"] { if Hex.decode(bad) != nil { Issue.record("\(bad)") } }
    }

    @Test func `secrets are equal when every byte is`() {
        #expect(constantTimeEquals([], []) && constantTimeEquals([1, 2, 3], [1, 2, 3]))
        #expect(!constantTimeEquals([1, 2, 3], [1, 2]) && !constantTimeEquals([0x81, 2, 3], [1, 2, 3]))
        #expect(!constantTimeEquals([1, 2, 3], [1, 2, 0x83]))
    }

    @Test func `a long body is known by its length, ends and samples, a short one by every byte`() {
        let short = [UInt8](repeating: 7, count: BodyDigest.wholeSizeMaxBytes)
        let long = short + [7]
        #expect(BodyDigest.of(short) == Array(SHA256.hash(short).prefix(16)) && BodyDigest.of(long).count == 16)
        func changed(_ bytes: [UInt8], at index: Int) -> [UInt8] {
            var copy = bytes
            copy[index] ^= 1
            return copy
        }
        for index in [0, 9_000, 16_383] {
            #expect(BodyDigest.of(changed(short, at: index)) != BodyDigest.of(short))
        }
        let longer = [UInt8](repeating: 7, count: 200_000)
        for index in [0, 6_143, 6_144, 6_399, 193_855 - 11_500, 193_856, 199_999] {
            #expect(BodyDigest.of(changed(longer, at: index)) != BodyDigest.of(longer), "byte \(index)")
        }
        #expect(BodyDigest.of(changed(longer, at: 6_400)) == BodyDigest.of(longer))
        #expect(BodyDigest.of(long) != BodyDigest.of(long + [7]))
    }

    @Test func `a word fold depends on every byte and on how many there are`() {
        var seen: Set<UInt64> = []
        for count in 0...100 {
            for changed in -1..<count {
                var bytes = [UInt8](repeating: 0, count: count)
                if changed >= 0 { bytes[changed] = 1 }
                #expect(seen.insert(bytes.withUnsafeBytes { WordFold.of($0) }).inserted, "\(count) \(changed)")
            }
        }
    }
}
