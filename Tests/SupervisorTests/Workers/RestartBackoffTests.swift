import Testing

@testable import Supervisor

@Suite struct RestartBackoffTests {
    /// Failures in a row, and the delay without chance in milliseconds.
    static let table = [
        (0, 100), (1, 100), (2, 200), (3, 400), (4, 800), (5, 1600), (6, 3200), (7, 6400), (8, 10_000), (9, 10_000),
        (1_000_000, 10_000),
    ]

    @Test(arguments: table)
    func `the delay doubles from 100 ms to 10 s and chance moves it by a fifth at most`(failures: Int, plain: Int) {
        func milliseconds(_ chance: Double) -> Int {
            Int((RestartBackoff.delay(afterFailures: failures, chance: chance) / .milliseconds(1)).rounded())
        }
        #expect(milliseconds(0) == plain)
        #expect(milliseconds(-1) == plain * 8 / 10 && milliseconds(-7) == plain * 8 / 10)
        #expect(milliseconds(1) == plain * 12 / 10)
    }
}
