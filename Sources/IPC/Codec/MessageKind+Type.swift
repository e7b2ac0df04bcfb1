extension MessageKind {
    /// The struct that holds the fields of this kind.
    public var messageType: any IPCMessage.Type {
        switch self {
        case .hello: Hello.self
        case .drain: Drain.self
        case .drained: Drained.self
        case .snapshot: Snapshot.self
        case .handoff: Handoff.self
        case .leaseGrant: LeaseGrant.self
        case .leaseWait: LeaseWait.self
        case .leaseDeny: LeaseDeny.self
        case .leaseVerdict: LeaseVerdict.self
        case .leaseRevoke: LeaseRevoke.self
        case .signatureFound: SignatureFound.self
        case .warmup: Warmup.self
        case .ack: Ack.self
        case .adopt: Adopt.self
        case .ready: Ready.self
        case .pulse: Pulse.self
        case .returned: Returned.self
        case .closed: Closed.self
        case .leaseRequest: LeaseRequest.self
        case .leaseCancel: LeaseCancel.self
        case .leaseProgress: LeaseProgress.self
        case .leaseAlive: LeaseAlive.self
        case .leaseOutcome: LeaseOutcome.self
        case .signatureFind: SignatureFind.self
        case .exchangeEnd: ExchangeEnd.self
        case .adopted: Adopted.self
        case .signatureKeep: SignatureKeep.self
        case .signatureForget: SignatureForget.self
        case .tunnelRun: TunnelRun.self
        case .tunnelEnd: TunnelEnd.self
        case .tunnelAsk: TunnelAsk.self
        case .tunnelState: TunnelState.self
        }
    }
}
