import Platform

/// Those who wait for something to become true, looked at after each change.
final class Changes {
    private final class Waiter {
        let isMet: () -> Bool
        var continuation: CheckedContinuation<Void, Never>?
        var timer: LoopTimer?

        init(_ isMet: @escaping () -> Bool) { self.isMet = isMet }

        func release() {
            timer?.cancel()
            continuation.take()?.resume()
        }
    }

    private var waiters: [Waiter] = []

    /// Returns when the condition holds, or when the time has passed.
    func until(within limit: Duration, _ isMet: @escaping () -> Bool) async {
        guard !isMet() else { return }
        let waiter = Waiter(isMet)
        let timer = LoopTimer { [unowned waiter] in waiter.release() }
        timer.set(after: limit)
        waiter.timer = timer
        waiters.append(waiter)
        await withCheckedContinuation { waiter.continuation = $0 }
        waiters.removeAll { $0 === waiter }
    }

    /// Something has changed.
    func look() {
        for waiter in waiters where waiter.isMet() { waiter.release() }
    }
}
