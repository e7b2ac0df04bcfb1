import Platform

/// One worker as `GET /api/proxy/status` and the console show it.
nonisolated struct WorkerStatus: Sendable, Equatable {
    /// What a reader outside the pool needs to know of a worker's life.
    enum State: String, Sendable, CaseIterable {
        case starting, ready, draining, stopped
    }

    /// The worker's place: 0 up to the number of workers. A replacement keeps the place of the one it replaces.
    let id: Int
    /// Zero while no process holds the place.
    let pid: Int
    let state: State
    /// Seconds since 1970 at which the process was spawned; zero while there is none.
    let startedAt: Int
    /// How often the place got a new process since the supervisor started, planned replacements included.
    let restarts: Int
    /// Exchanges the worker has begun and not ended, as its ledger tells.
    let activeRequests: Int
    /// Resident memory the worker reported with its last pulse; zero before the first.
    let residentBytes: Int
    /// How much confinement the worker reported when it became ready: 0 none, higher is tighter; 0 before.
    let confinementLevel: Int
    /// Log records the process dropped since it started, as its last pulse told.
    let droppedRecords: Int
}

extension WorkerStatus {
    @MainActor init(of seat: WorkerSeat, restarts: Int) {
        let state: State =
            switch seat.lifecycle.state {
            case .down, .backingOff: .stopped
            case .starting: .starting
            case .ready: .ready
            case .draining: .draining
            }
        let process = seat.process
        self.init(
            id: seat.place, pid: Int(process?.pid ?? 0), state: state, startedAt: process?.startedAtUnixSeconds ?? 0,
            restarts: restarts, activeRequests: process?.openExchanges(at: .now) ?? 0,
            residentBytes: process?.residentBytes ?? 0,
            confinementLevel: process?.confinementLevel.map(Int.init) ?? 0,
            droppedRecords: process?.droppedRecords ?? 0)
    }
}
