/// One worker process from its first message to its exit. Pure: `WorkerProcess` performs the actions.
nonisolated struct WorkerLifecycle: Equatable {
    enum State: Equatable {
        /// Waits for `hello` and the first snapshot.
        case starting(isGreeted: Bool, isConfigured: Bool)
        case ready
        /// Gives back what is idle, finishes what is begun.
        case draining
        /// The supervisor has gone: finishes what is begun.
        case orphaned
        case over
    }

    enum Event: Equatable {
        case greeted
        /// A `hello` of another major: there is no common language.
        case foreignVersion
        case configured
        case drainRequested
        /// The limit of the drain, or of an orphan, has passed.
        case limitPassed
        /// The channel has been read to its end, or the process at its other end is no more.
        case supervisorGone
        /// The last connection has gone.
        case emptied
    }

    enum Action: Equatable {
        case none
        case sayReady
        /// Interrupt what waits for its next request.
        case giveBackIdle
        /// End what is not finished.
        case cutExchanges
        /// Close what waits for its next request, stop asking for leases.
        case goOnAlone
        case sayDrained
        case exit
    }

    private(set) var state = State.starting(isGreeted: false, isConfigured: false)

    var isDraining: Bool { state == .draining }
    /// Connections that have no request in hand are to leave.
    var isLeaving: Bool { state == .draining || state == .orphaned }

    mutating func handle(_ event: Event, isEmpty: Bool) -> Action {
        switch (state, event) {
        case (.starting(_, let isConfigured), .greeted):
            return become(isGreeted: true, isConfigured: isConfigured)
        case (.starting(let isGreeted, _), .configured):
            return become(isGreeted: isGreeted, isConfigured: true)
        case (.starting, .foreignVersion), (.starting, .drainRequested):
            state = .over
            return .sayDrained
        case (.starting, .supervisorGone):
            state = .over
            return .exit
        case (.ready, .drainRequested):
            state = isEmpty ? .over : .draining
            return isEmpty ? .sayDrained : .giveBackIdle
        case (.ready, .supervisorGone), (.draining, .supervisorGone):
            state = isEmpty ? .over : .orphaned
            return isEmpty ? .exit : .goOnAlone
        case (.draining, .emptied):
            state = .over
            return .sayDrained
        case (.orphaned, .emptied):
            state = .over
            return .exit
        case (.draining, .limitPassed): return .cutExchanges
        case (.orphaned, .limitPassed):
            state = .over
            return .exit
        case (.over, .supervisorGone): return .exit
        default: return .none
        }
    }

    private mutating func become(isGreeted: Bool, isConfigured: Bool) -> Action {
        guard isGreeted, isConfigured else {
            state = .starting(isGreeted: isGreeted, isConfigured: isConfigured)
            return .none
        }
        state = .ready
        return .sayReady
    }
}
