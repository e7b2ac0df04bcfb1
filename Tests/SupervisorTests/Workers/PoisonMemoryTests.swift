import Platform
import Testing

@testable import Supervisor

@Suite struct PoisonMemoryTests {
    static let zero = MonotonicInstant(nanoseconds: 1_000_000_000_000)
    static func at(_ seconds: Int) -> MonotonicInstant { zero + .seconds(seconds) }

    @Test func `a request is refused after the second death that it began after the first`() {
        var memory = PoisonMemory()
        #expect(!memory.noteDeath(of: [1], begunAt: Self.at(0), now: Self.at(1)))
        #expect(!memory.isRefused([1], now: Self.at(2)))
        #expect(memory.noteDeath(of: [1], begunAt: Self.at(2), now: Self.at(3)))
        #expect(memory.isRefused([1], now: Self.at(4)) && !memory.isRefused([2], now: Self.at(4)))
    }

    @Test func `exchanges that were already open at the first death are not counted again`() {
        var memory = PoisonMemory()
        #expect(!memory.noteDeath(of: [1], begunAt: Self.at(0), now: Self.at(5)))
        for death in 6..<20 { #expect(!memory.noteDeath(of: [1], begunAt: Self.at(0), now: Self.at(death))) }
        #expect(!memory.isRefused([1], now: Self.at(20)))
    }

    @Test func `one success clears what was noted and what was refused`() {
        var memory = PoisonMemory()
        _ = memory.noteDeath(of: [1], begunAt: Self.at(0), now: Self.at(1))
        memory.noteSuccess(of: [1])
        #expect(!memory.noteDeath(of: [1], begunAt: Self.at(2), now: Self.at(3)))
        #expect(memory.noteDeath(of: [1], begunAt: Self.at(4), now: Self.at(5)))
        memory.noteSuccess(of: [1])
        #expect(!memory.isRefused([1], now: Self.at(6)) && memory.isEmpty)
    }

    @Test func `a refusal ends after ten minutes`() {
        var memory = PoisonMemory()
        _ = memory.noteDeath(of: [1], begunAt: Self.at(0), now: Self.at(1))
        _ = memory.noteDeath(of: [1], begunAt: Self.at(2), now: Self.at(3))
        #expect(memory.isRefused([1], now: Self.at(602)))
        #expect(!memory.isRefused([1], now: Self.at(603)) && memory.isEmpty)
    }

    @Test func `the memory holds 1024 digests and forgets the oldest`() {
        var memory = PoisonMemory()
        for digest in 0..<2000 {
            _ = memory.noteDeath(
                of: [UInt8(digest & 255), UInt8(digest >> 8)], begunAt: Self.zero,
                now: Self.zero + .milliseconds(digest))
        }
        #expect(memory.count == PoisonMemory.digestsMax)
        let second = Self.zero + .milliseconds(2001)
        #expect(!memory.noteDeath(of: [0, 0], begunAt: second - .milliseconds(1), now: second), "the oldest is gone")
        #expect(memory.noteDeath(of: [207, 7], begunAt: second - .milliseconds(1), now: second), "the newest is there")
    }
}
