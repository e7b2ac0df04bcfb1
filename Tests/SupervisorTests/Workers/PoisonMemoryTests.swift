import Platform
import Testing

@testable import Supervisor

@Suite struct PoisonMemoryTests {
    enum Step {
        /// A death at this second, of an exchange that began at that one; whether the digest is refused by it.
        case death([UInt8], begun: Int, at: Int, refuses: Bool)
        case success([UInt8])
        case ask([UInt8], at: Int, isRefused: Bool)
    }

    static let stories: [(rule: String, steps: [Step])] = [
        (
            "refused after the second death that it began after the first",
            [
                .death([1], begun: 0, at: 1, refuses: false), .ask([1], at: 2, isRefused: false),
                .death([1], begun: 2, at: 3, refuses: true), .ask([1], at: 4, isRefused: true),
                .ask([2], at: 4, isRefused: false),
            ]
        ),
        (
            "exchanges already open at the first death do not count again",
            [.death([1], begun: 0, at: 5, refuses: false)]
                + (6..<20).map { .death([1], begun: 0, at: $0, refuses: false) } + [.ask([1], at: 20, isRefused: false)]
        ),
        (
            "one success clears what was noted and what was refused",
            [
                .death([1], begun: 0, at: 1, refuses: false), .success([1]),
                .death([1], begun: 2, at: 3, refuses: false), .death([1], begun: 4, at: 5, refuses: true),
                .success([1]), .ask([1], at: 6, isRefused: false),
            ]
        ),
        (
            "a refusal ends after ten minutes",
            [
                .death([1], begun: 0, at: 1, refuses: false), .death([1], begun: 2, at: 3, refuses: true),
                .ask([1], at: 602, isRefused: true), .ask([1], at: 603, isRefused: false),
            ]
        ),
    ]

    static func second(_ seconds: Int) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: 1_000_000_000_000) + .seconds(seconds)
    }

    @Test(arguments: stories.indices)
    func `a request is refused only on the evidence of two deaths`(row: Int) {
        var memory = PoisonMemory()
        for step in Self.stories[row].steps {
            switch step {
            case .death(let digest, let begun, let now, let refuses):
                let found = memory.noteDeath(of: digest, begunAt: Self.second(begun), now: Self.second(now))
                check(found == refuses, row, step)
            case .success(let digest): memory.noteSuccess(of: digest)
            case .ask(let digest, let now, let isRefused):
                check(memory.isRefused(digest, now: Self.second(now)) == isRefused, row, step)
            }
        }
    }

    @Test func `the memory holds 1024 digests and forgets the oldest`() {
        var memory = PoisonMemory()
        for digest in 0..<2000 {
            let now = Self.second(0) + .milliseconds(digest)
            _ = memory.noteDeath(of: [UInt8(digest & 255), UInt8(digest >> 8)], begunAt: Self.second(0), now: now)
        }
        let count = memory.count
        let isNewestThere = memory.noteDeath(of: [207, 7], begunAt: Self.second(3), now: Self.second(4))
        let isOldestThere = memory.noteDeath(of: [0, 0], begunAt: Self.second(3), now: Self.second(4))
        #expect(count == PoisonMemory.digestsMax && isNewestThere && !isOldestThere)
    }

    private func check(_ holds: Bool, _ row: Int, _ step: Step) {
        if !holds { Issue.record("\(Self.stories[row].rule): \(step)") }
    }
}
