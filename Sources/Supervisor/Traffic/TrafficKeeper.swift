import IPC

/// Takes what workers report of requests that are over.
protocol TrafficKeeper: AnyObject {
    /// - Parameter worker: the place of the worker.
    func note(_ end: ExchangeEnd, worker: Int)
}
