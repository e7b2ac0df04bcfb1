import Testing

@testable import Supervisor

@Suite struct WorkerMemoryBudgetTests {
    /// Wished workers, limit in MiB or none, then the workers and the soft limit in MiB.
    static let table: [(Int, Int?, Int, Int)] = [
        (4, nil, 4, 512), (4, 16_384, 4, 512), (2, 1536, 2, 288), (4, 1536, 4, 144), (8, 1536, 6, 96),
        (4, 576, 1, 96), (4, 768, 2, 96), (1, 100, 1, 96), (0, nil, 1, 512),
    ]

    @Test(arguments: table)
    func `workers share what the supervisor leaves and are fewer when it is little`(
        wished: Int, limit: Int?, workers: Int, soft: Int
    ) {
        let budget = WorkerMemoryBudget(wishedWorkers: wished, memoryLimitBytes: limit.map { $0 << 20 })
        #expect(budget.workerCount == workers && budget.softLimitBytes == soft << 20)
    }
}
