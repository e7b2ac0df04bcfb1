import APIErrors

/// Why a generation ends without a complete answer.
///
/// Boxed, so that the frames it is thrown through stay small.
nonisolated indirect enum GenerationEnd: Error, Equatable {
    /// The client is told this.
    case failed(APIFailure)
    case stopped(ExchangeStop)
}

extension ExchangeStop {
    /// What the client is told; nil when there is nobody left to tell.
    nonisolated var failure: APIFailure? {
        switch self {
        case .clientGone, .unwanted: nil
        case .deadline(.schedule): APIFailure(.busy)
        case .deadline: APIFailure(.upstreamTimeout)
        case .leaseRevoked: APIFailure(.accountsUnusable)
        case .drainOver: APIFailure(.workerLost)
        case .supervisorGone: APIFailure(.noWorker)
        }
    }
}
