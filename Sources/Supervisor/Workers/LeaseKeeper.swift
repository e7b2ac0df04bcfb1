import IPC

/// Who decides over leases. Its answers travel by `WorkerPool.send`.
protocol LeaseKeeper: AnyObject {
    func request(_ message: borrowing LeaseRequest, worker: Int)
    func cancel(_ message: LeaseCancel, worker: Int)
    func progress(_ message: LeaseProgress, worker: Int)
    func alive(_ message: LeaseAlive, worker: Int)
    func outcome(_ message: LeaseOutcome, worker: Int)
    func exchangeEnd(_ message: ExchangeEnd, worker: Int)
    /// The worker has ended and all it said was delivered: its leases are over.
    func workerGone(_ worker: Int)
}

extension LeaseDesk: LeaseKeeper {}
