import IPC
import Testing

@testable import Supervisor

/// The signatures that were used last.
@Suite struct SignatureMemoryTests {
    private func key(_ name: UInt8) -> SignatureKey { SignatureKey(space: 0, key: [name]) }

    private func record(_ value: UInt8, size: Int = 99, at time: Int = 0) -> SignatureRecord {
        SignatureRecord(family: "f", value: Array(repeating: value, count: size), usedAt: time)
    }

    /// What `record` takes with its key.
    private static let recordBytes = 100 + SignatureTable.rowOverheadBytes

    @Test func `at the bound the one used longest ago goes`() {
        var memory = SignatureMemory(byteCountMax: 3 * Self.recordBytes)
        for name in 1...3 as ClosedRange<UInt8> { memory.set(key(name), to: record(name)) }
        _ = memory.use(key(1))
        memory.set(key(4), to: record(4))
        #expect(memory.use(key(2)) == nil)
        for name in [1, 3, 4] as [UInt8] { #expect(memory.use(key(name)) == record(name)) }
        #expect(memory.count == 3 && memory.byteCount == 3 * Self.recordBytes)
    }

    @Test func `a new value takes the place of the old one`() {
        var memory = SignatureMemory(byteCountMax: 3 * Self.recordBytes)
        memory.set(key(1), to: record(1))
        memory.set(key(1), to: record(2, size: 9))
        #expect(memory.use(key(1)) == record(2, size: 9) && memory.count == 1)
        #expect(memory.byteCount == 10 + SignatureTable.rowOverheadBytes)
    }

    @Test func `what does not fit at all is not kept and drives nothing out`() {
        var memory = SignatureMemory(byteCountMax: Self.recordBytes)
        memory.set(key(1), to: record(1))
        memory.set(key(2), to: record(2, size: 100))
        #expect(memory.use(key(2)) == nil && memory.use(key(1)) != nil)
    }

    @Test func `what was not used since goes`() {
        var memory = SignatureMemory(byteCountMax: 10 * Self.recordBytes)
        for name in 1...4 as ClosedRange<UInt8> { memory.set(key(name), to: record(name, at: Int(name))) }
        memory.expire(before: 3)
        #expect([1, 2, 3, 4].map { memory.use(key($0)) != nil } == [false, false, true, true])
    }

    @Test func `whatever happens, the count is right and the bound holds`() {
        var memory = SignatureMemory(byteCountMax: 5 * Self.recordBytes)
        var random = SplitMix(seed: 7)
        for _ in 0..<5_000 {
            let key = key(UInt8(random.next(below: 12)))
            switch random.next(below: 3) {
            case 0: memory.set(key, to: record(1, size: random.next(below: 300)))
            case 1: memory.remove(key)
            default: _ = memory.use(key)
            }
            let bytes = (0..<12).reduce(0) { sum, name in
                var copy = memory
                return sum
                    + (copy.use(self.key(UInt8(name))).map { $0.value.count + 1 + SignatureTable.rowOverheadBytes } ?? 0)
            }
            #expect(memory.byteCount == bytes && bytes <= memory.byteCountMax)
        }
    }
}

/// Steele, Lea, Flood: "Fast splittable pseudorandom number generators".
struct SplitMix {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next(below bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
    }
}
