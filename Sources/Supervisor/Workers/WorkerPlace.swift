/// One place of the pool: the worker that serves, and during a replacement the one that will and the one that did.
///
/// At most two generations: a successor is started only when no predecessor drains any more.
final class WorkerPlace {
    /// This many ends in a row before a worker had proven itself make the gateway's health `degraded`.
    static let crashLoopAfter = 3

    let index: Int
    var main: WorkerSeat?
    var successor: WorkerSeat?
    var predecessor: WorkerSeat?
    /// Processes started here so far.
    var spawned = 0
    private var settledWaiters: [CheckedContinuation<Void, Never>] = []

    init(index: Int) {
        self.index = index
    }

    /// In the order in which a reader wants to see them.
    var seats: [WorkerSeat] { [main, successor, predecessor].compactMap { $0 } }

    func process(number: Int) -> WorkerProcess? {
        if let process = main?.process, process.number == number { return process }
        if let process = successor?.process, process.number == number { return process }
        if let process = predecessor?.process, process.number == number { return process }
        return nil
    }

    /// Several processes in a row have ended early, and none serves at the moment.
    var isCrashLooping: Bool {
        guard let main, !main.isReady else { return false }
        return main.lifecycle.failures >= Self.crashLoopAfter
    }

    var isSettled: Bool { successor == nil && predecessor == nil }

    func isSettled() async {
        while !isSettled { await withCheckedContinuation { settledWaiters.append($0) } }
    }

    /// To be called when a seat has gone or changed its role.
    func seatsChanged() {
        guard isSettled else { return }
        let waiters = settledWaiters
        settledWaiters = []
        for waiter in waiters { waiter.resume() }
    }
}
