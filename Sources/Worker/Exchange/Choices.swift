import Translation

/// The answers to one request side by side: a child task each, all on the loop, with lease, attempts and limits of its own.
///
/// A choice that fails ends the whole, and the others at once; where lost choices are tolerated it is left out instead, as long
/// as one succeeds.
final class Choices {
    private let generation: Generation
    private let count: Int
    private let concurrentMax: Int
    private let toleratesLost: Bool
    private var begunCount = 0
    private var hasSuccess = false
    /// What ended the whole.
    private var end: GenerationEnd?
    private var losses: [(choice: Int, end: GenerationEnd)] = []

    init(_ generation: Generation, count: Int, concurrentMax: Int, toleratesLost: Bool) {
        self.generation = generation
        self.count = count
        self.concurrentMax = concurrentMax
        self.toleratesLost = toleratesLost
    }

    /// - Throws: what ended the whole; if every choice was lost, what became of the first.
    func run() async throws(GenerationEnd) {
        await withTaskGroup(of: Void.self) { group in
            while begunCount < min(count, concurrentMax) { begin(in: &group) }
            while await group.next() != nil {
                if begunCount < count, end == nil { begin(in: &group) }
            }
        }
        if let end { throw end }
        if !hasSuccess, let first = losses.min(by: { $0.choice < $1.choice }) { throw first.end }
    }

    private func begin(in group: inout TaskGroup<Void>) {
        let choice = begunCount
        begunCount += 1
        let work: @MainActor @Sendable () async -> Void = { await self.serve(choice) }
        group.addTask(operation: work)
    }

    private func serve(_ choice: Int) async {
        let control = generation.control.split()
        defer { generation.control.join(control) }
        let attempts = AttemptLoop(
            generation, choice: choice, requestID: "\(generation.exchange.requestID).\(choice)", control: control)
        do throws(GenerationEnd) {
            try await attempts.run()
            hasSuccess = true
        } catch {
            lose(choice, error)
        }
    }

    private func lose(_ choice: Int, _ loss: GenerationEnd) {
        losses.append((choice, loss))
        guard end == nil, !toleratesLost || generation.control.stop != nil else { return }
        end = loss
        generation.control.stopChoices(.unwanted)
    }
}
