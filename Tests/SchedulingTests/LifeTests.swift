import Testing

@testable import Scheduling

/// Long random lives of a scheduler: after every step its promises hold. A life that breaks one is made as short as possible
/// and printed, so that it can be lived again.
@Suite struct LifeTests {
    static let stepsPerLife = 4_000

    @Test(arguments: 0..<50)
    func `no promise is broken in a random life`(seed: UInt64) {
        let steps = Self.steps(seed: seed, count: Self.stepsPerLife)
        guard let fault = Self.fault(in: steps, seed: seed) else { return }
        let short = Self.shrunk(steps, seed: seed)
        Issue.record("seed \(seed): \(fault); shortest: \(Self.fault(in: short, seed: seed) ?? "") after \(short)")
    }

    @Test func `the same events give the same life`() {
        let steps = Self.steps(seed: 7, count: 1_000)
        var first = Life(seed: 7)
        var second = Life(seed: 7)
        for step in steps {
            first.perform(step)
            second.perform(step)
        }
        check(first.harness.scheduler == second.harness.scheduler, true, "state")
    }

    static func fault(in steps: [Step], seed: UInt64) -> String? {
        var life = Life(seed: seed)
        for (number, step) in steps.enumerated() {
            life.perform(step)
            if let fault = life.fault { return "step \(number): \(fault)" }
        }
        return nil
    }

    /// Leaves out larger and smaller pieces for as long as the fault stays.
    static func shrunk(_ steps: [Step], seed: UInt64) -> [Step] {
        var steps = steps
        var size = steps.count / 2
        while size >= 1 {
            var start = 0
            while start < steps.count {
                var shorter = steps
                shorter.removeSubrange(start..<min(start + size, steps.count))
                if fault(in: shorter, seed: seed) != nil { steps = shorter } else { start += size }
            }
            size /= 2
        }
        return steps
    }

    static func steps(seed: UInt64, count: Int) -> [Step] {
        var dice = SeededGenerator(seed: seed)
        return (0..<count).map { _ in step(&dice) }
    }

    private static func step(_ dice: inout SeededGenerator) -> Step {
        let number = Int.random(in: 0..<1_000, using: &dice)
        switch Int.random(in: 0..<100, using: &dice) {
        case 0..<34:
            let operation: LeaseOperation =
                number % 9 == 0 ? LeaseOperation.allCases.randomElement(using: &dice)! : .generate
            return .ask(
                model: Int.random(in: 0..<6, using: &dice), session: number % 4 == 0 ? nil : number % 13,
                key: number % 3, body: UInt8(number % 5), isBackground: number % 17 == 0, operation: operation)
        case 34..<70:
            let delays: [Int?] = [nil, nil, 500, 1_200, 40_000, 9_000_000]
            return .report(
                lease: number, number % 3 == 0 ? .success : AttemptClass.allCases.randomElement(using: &dice)!,
                delay: delays.randomElement(using: &dice)!, wantsNext: number % 4 != 0)
        case 70..<72: return .repeatReport
        case 72..<75: return .commit(lease: number)
        case 75..<77: return .credential(lease: number, number % 2 == 0 ? .refreshTransient : .invalidGrant)
        case 77..<79: return .cancel(request: number)
        case 79: return .workerGone(number)
        case 80: return .accounts(seed: UInt64(number))
        case 81:
            return .settings(
                SchedulingMode.allCases.randomElement(using: &dice)!, preferred: number % 3 == 0 ? number : nil)
        case 82..<85:
            return .probed(
                account: number, [.success, .forbidden, .validation, .auth, .network].randomElement(using: &dice)!)
        case 85:
            return number % 2 == 0 ? .reactivated(account: number) : .clear(account: number % 3 == 0 ? nil : number)
        case 86: return number % 10 == 0 ? .clearBindings : .pass(milliseconds: 1)
        case 87: return .pass(milliseconds: Int.random(in: 0...7_200_000, using: &dice))
        default: return .pass(milliseconds: Int.random(in: 0...3_000, using: &dice))
        }
    }
}
