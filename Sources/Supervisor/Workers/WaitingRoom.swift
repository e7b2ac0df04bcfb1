import Platform

/// Requests that no worker can take at the moment, in the order of their arrival.
///
/// It is small and short because a client is better off with an answer: at most `countMax` requests wait at most
/// `waitMax`, then they are answered `gateway_no_worker` with `Retry-After: 1`.
final class WaitingRoom {
    static let countMax = 1024
    static let waitMax = Duration.seconds(2)

    private var waiting: [HandedConnection] = []
    private var taken = 0
    private var timer: LoopTimer?
    private let onTimeout: (HandedConnection) -> Void

    /// - Parameter onTimeout: gets each connection whose wait is over.
    init(onTimeout: @escaping (HandedConnection) -> Void) {
        self.onTimeout = onTimeout
        timer = LoopTimer { [unowned self] in expire() }
    }

    var count: Int { waiting.count - taken }
    private var first: HandedConnection? { count > 0 ? waiting[taken] : nil }

    /// - Returns: false if the room is full; the connection is then still the caller's.
    func add(_ connection: HandedConnection) -> Bool {
        guard count < Self.countMax else { return false }
        waiting.append(connection)
        if count == 1 { arm() }
        return true
    }

    /// Gives the waiting ones away in their order, until one is not taken or none is left.
    func offer(_ take: (HandedConnection) -> Bool) {
        while let next = first, take(next) { removeFirst() }
        arm()
    }

    private func expire() {
        while let next = first, MonotonicInstant.now - next.since >= Self.waitMax {
            removeFirst()
            onTimeout(next)
        }
        arm()
    }

    private func removeFirst() {
        taken += 1
        if taken == waiting.count || taken > 256 {
            waiting.removeFirst(taken)
            taken = 0
        }
    }

    private func arm() {
        guard let first else {
            timer?.cancel()
            return
        }
        timer?.set(after: max(Self.waitMax - (MonotonicInstant.now - first.since), .zero))
    }
}
