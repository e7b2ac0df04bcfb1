/// What the operator says about media that requests name by address.
nonisolated struct RemoteMediaPolicy: Sendable, Equatable {
    var isEnabled = true
    /// Bare names of hosts that may be asked wherever they are.
    var hosts: [String] = []
}
