import Platform

/// The logins under way, and those that ended lately so that their end can still be asked for. In memory alone: a restart
/// forgets them. Time is passed in.
nonisolated struct LoginFlows: Sendable {
    /// Oldest first.
    private var flows: [LoginFlow] = []

    /// Logins open at once; one more drops the oldest pending one.
    static let openMax = 8
    /// Of a login, from its start.
    static let lifetime = Duration.seconds(600)
    /// Logins that are over and still known.
    static let overMax = 16

    /// Why a login cannot be finished.
    enum Refusal: Error, Sendable, Equatable {
        /// No login is open.
        case noneOpen
        /// Logins are open, but none with this state.
        case unknownState
        /// Its code is being exchanged already.
        case underWay
        /// It is over: each serves once.
        case over
    }

    /// - Returns: the state of the login that was dropped for it, if one was.
    mutating func add(_ flow: LoginFlow, now: MonotonicInstant) -> String? {
        expire(now)
        var dropped: String?
        if flows.count(where: { !$0.isOver }) >= Self.openMax, let oldest = flows.firstIndex(where: \.isPending) {
            flows[oldest].standing = .failed(
                AdminError(.oauthNoFlow, "This login was dropped: more than \(Self.openMax) were open."))
            dropped = flows[oldest].state
        }
        flows.append(flow)
        forget()
        return dropped
    }

    /// The login of a state, else the newest one; nil if there is none.
    mutating func find(_ state: String?, now: MonotonicInstant) -> LoginFlow? {
        expire(now)
        guard let state else { return flows.last }
        return flows.first { $0.state == state }
    }

    /// Takes a login for the exchange of a code; nobody else can from then on.
    ///
    /// - Parameter state: nil means the newest that waits for a code.
    mutating func claim(_ state: String?, now: MonotonicInstant) throws(Refusal) -> LoginFlow {
        expire(now)
        let index = flows.lastIndex { flow in if let state { flow.state == state } else { flow.isPending } }
        guard let index else { throw missing(state) }
        switch flows[index].standing {
        case .pending: flows[index].standing = .exchanging
        case .exchanging: throw .underWay
        case .done, .failed, .expired: throw .over
        }
        return flows[index]
    }

    mutating func settle(_ state: String, _ standing: LoginFlow.Standing) {
        guard let index = flows.firstIndex(where: { $0.state == state }) else { return }
        flows[index].standing = standing
        forget()
    }

    /// Drops the pending login of a state, or all of them.
    ///
    /// - Returns: the states of those that were dropped.
    mutating func cancel(_ state: String?, now: MonotonicInstant) -> [String] {
        expire(now)
        var cancelled: [String] = []
        for index in flows.indices where flows[index].isPending && (state == nil || flows[index].state == state) {
            flows[index].standing = .failed(AdminError(.oauthNoFlow, "This login was cancelled."))
            cancelled.append(flows[index].state)
        }
        forget()
        return cancelled
    }

    /// What is left of a login's life.
    static func remaining(_ flow: LoginFlow, now: MonotonicInstant) -> Duration {
        max(.zero, lifetime - (now - flow.startedAt))
    }

    private func missing(_ state: String?) -> Refusal {
        if flows.contains(where: \.isPending) { return .unknownState }
        return state == nil && flows.contains(where: { !$0.isOver }) ? .underWay : .noneOpen
    }

    /// A login whose code is being exchanged ends with that.
    private mutating func expire(_ now: MonotonicInstant) {
        for index in flows.indices where flows[index].isPending && now - flows[index].startedAt >= Self.lifetime {
            flows[index].standing = .expired
        }
    }

    private mutating func forget() {
        while flows.count(where: \.isOver) > Self.overMax, let oldest = flows.firstIndex(where: \.isOver) {
            flows.remove(at: oldest)
        }
    }
}
