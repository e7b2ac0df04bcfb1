/// The kinds of message; the raw value is the second byte of a message header.
///
/// 1 to 3 mean the same in every major. From 16 on the supervisor speaks, from 64 on the worker, from 112 on the tunnel keeper.
public enum MessageKind: UInt8, Sendable, CaseIterable {
    // The same in every major.
    case hello = 1
    case drain = 2
    case drained = 3
    // Supervisor to worker.
    case snapshot = 16
    case handoff = 17
    case leaseGrant = 18
    case leaseWait = 19
    case leaseDeny = 20
    case leaseVerdict = 21
    case leaseRevoke = 22
    case signatureFound = 23
    case warmup = 24
    case ack = 25
    case adopt = 26
    // Supervisor to tunnel keeper.
    case tunnelRun = 48
    case tunnelEnd = 49
    case tunnelAsk = 50
    // Worker to supervisor.
    case ready = 64
    case pulse = 65
    case returned = 66
    case closed = 67
    case leaseRequest = 68
    case leaseCancel = 69
    case leaseProgress = 70
    case leaseAlive = 71
    case leaseOutcome = 72
    case signatureFind = 73
    case exchangeEnd = 74
    case adopted = 75
    case signatureKeep = 76
    case signatureForget = 77
    // Tunnel keeper to supervisor.
    case tunnelState = 112

    /// Whether this kind may be spoken to and heard from a peer of another major.
    public var isFixedAcrossMajors: Bool {
        switch self {
        case .hello, .drain, .drained: true
        default: false
        }
    }
}
