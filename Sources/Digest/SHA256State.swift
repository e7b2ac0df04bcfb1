import CDigest

/// The eight words that a block of 64 bytes is folded into (FIPS 180-4 section 6.2).
struct SHA256State: Sendable {
    static let blockSize = 64
    private static let isInHardware = sha256_is_in_hardware()

    private var a: UInt32 = 0x6a09_e667
    private var b: UInt32 = 0xbb67_ae85
    private var c: UInt32 = 0x3c6e_f372
    private var d: UInt32 = 0xa54f_f53a
    private var e: UInt32 = 0x510e_527f
    private var f: UInt32 = 0x9b05_688c
    private var g: UInt32 = 0x1f83_d9ab
    private var h: UInt32 = 0x5be0_cd19

    /// The beginning of the state as the digest: big-endian words one after the other, 32 bytes at most.
    func bytes(count: Int) -> [UInt8] {
        let words = (
            a.bigEndian, b.bigEndian, c.bigEndian, d.bigEndian, e.bigEndian, f.bigEndian, g.bigEndian, h.bigEndian
        )
        return withUnsafeBytes(of: words) { Array($0.prefix(count)) }
    }

    /// Folds blocks in, by the processor's own instructions where it has them.
    mutating func compress(_ blocks: UnsafeRawPointer, count: Int) {
        guard Self.isInHardware else { return compressInSwift(blocks, count: count) }
        var words = (a, b, c, d, e, f, g, h)
        withUnsafeMutableBytes(of: &words) { words in
            Self.roundConstants.withUnsafeBufferPointer {
                sha256_fold(
                    words.assumingMemoryBound(to: UInt32.self).baseAddress, $0.baseAddress,
                    blocks.assumingMemoryBound(to: UInt8.self), count)
            }
        }
        (a, b, c, d, e, f, g, h) = words
    }

    mutating func compressInSwift(_ blocks: UnsafeRawPointer, count: Int) {
        for index in 0..<count { compressInSwift(blocks + index * Self.blockSize) }
    }

    /// Folds one block in. The message schedule keeps only the sixteen words that are still needed; eight rounds are written
    /// out so that the working variables change places by name and not by copying.
    private mutating func compressInSwift(_ block: UnsafeRawPointer) {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 16) { schedule in
            for step in 0..<16 {
                schedule[step] = UInt32(bigEndian: block.loadUnaligned(fromByteOffset: step &* 4, as: UInt32.self))
            }
            Self.roundConstants.withUnsafeBufferPointer { self.fold(schedule, $0) }
        }
    }

    @inline(__always)
    private mutating func fold(
        _ schedule: UnsafeMutableBufferPointer<UInt32>, _ constants: UnsafeBufferPointer<UInt32>
    ) {
        var (a, b, c, d) = (a, b, c, d)
        var (e, f, g, h) = (e, f, g, h)
        var start = 0
        while start < 64 {
            if start >= 16 { Self.extend(schedule, from: start) }
            let terms = schedule.baseAddress.unsafelyUnwrapped + (start & 15)
            let added = constants.baseAddress.unsafelyUnwrapped + start
            Self.round(a, b, c, &d, e, f, g, &h, added[0] &+ terms[0])
            Self.round(h, a, b, &c, d, e, f, &g, added[1] &+ terms[1])
            Self.round(g, h, a, &b, c, d, e, &f, added[2] &+ terms[2])
            Self.round(f, g, h, &a, b, c, d, &e, added[3] &+ terms[3])
            Self.round(e, f, g, &h, a, b, c, &d, added[4] &+ terms[4])
            Self.round(d, e, f, &g, h, a, b, &c, added[5] &+ terms[5])
            Self.round(c, d, e, &f, g, h, a, &b, added[6] &+ terms[6])
            Self.round(b, c, d, &e, f, g, h, &a, added[7] &+ terms[7])
            start &+= 8
        }
        self.a &+= a
        self.b &+= b
        self.c &+= c
        self.d &+= d
        self.e &+= e
        self.f &+= f
        self.g &+= g
        self.h &+= h
    }

    /// The next eight words of the schedule, over those of sixteen steps ago.
    @inline(__always)
    private static func extend(_ schedule: UnsafeMutableBufferPointer<UInt32>, from start: Int) {
        for step in start..<start &+ 8 {
            let near = schedule[(step &- 2) & 15]
            let far = schedule[(step &- 15) & 15]
            let sigma1 = rotate(near, 17) ^ rotate(near, 19) ^ near &>> 10
            let sigma0 = rotate(far, 7) ^ rotate(far, 18) ^ far &>> 3
            schedule[step & 15] &+= sigma1 &+ schedule[(step &- 7) & 15] &+ sigma0
        }
    }

    /// One round; `d` and `h` are the only working variables that get new values.
    @inline(__always)
    private static func round(
        _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: inout UInt32, _ e: UInt32, _ f: UInt32, _ g: UInt32,
        _ h: inout UInt32, _ term: UInt32
    ) {
        let sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
        let choice = g ^ (e & (f ^ g))
        let first = h &+ sum1 &+ choice &+ term
        let sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
        let majority = (a & b) | (c & (a | b))
        d &+= first
        h = first &+ sum0 &+ majority
    }

    @inline(__always)
    private static func rotate(_ word: UInt32, _ bits: UInt32) -> UInt32 { word &>> bits | word &<< (32 &- bits) }

    /// FIPS 180-4 section 4.2.2.
    private static let roundConstants: [UInt32] = [
        0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
        0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
        0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
        0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
        0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
        0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
        0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
        0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
    ]
}
