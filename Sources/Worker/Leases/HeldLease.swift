import IPC

/// A lease in use. A class, because what waits for a client or an upstream keeps a pointer to it and not the fields: the
/// frames of waiting code are most of what a silent stream costs in memory.
nonisolated final class HeldLease: Sendable {
    let terms: LeaseTerms
    /// Index into the snapshot's bases.
    let endpoint: Int

    init(_ terms: LeaseTerms, endpoint: UInt8?) {
        self.terms = terms
        self.endpoint = Int(endpoint ?? terms.endpoint)
    }
}
