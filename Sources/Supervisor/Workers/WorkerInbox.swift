import APIErrors
import GoogleAPI
import IPC
import Platform

/// Leads each message of a worker to whoever it is for.
final class WorkerInbox {
    private let pool: WorkerPool
    private let desk: HandoffDesk
    private let leases: any LeaseKeeper
    private let signatures: any SignatureKeeper
    private let traffic: any TrafficKeeper

    init(
        pool: WorkerPool, desk: HandoffDesk, leases: any LeaseKeeper, signatures: any SignatureKeeper,
        traffic: any TrafficKeeper
    ) {
        self.pool = pool
        self.desk = desk
        self.leases = leases
        self.signatures = signatures
        self.traffic = traffic
    }

    func receive(_ message: IncomingMessage, from worker: WorkerProcess) {
        do throws(IPCError) {
            try deliver(message, from: worker)
        } catch {
            pool.brokeProtocol(worker, error)
        }
    }

    func gone(_ worker: WorkerProcess) {
        leases.workerGone(worker.number)
        desk.settle(worker)
    }

    private func deliver(_ message: IncomingMessage, from worker: WorkerProcess) throws(IPCError) {
        switch message.kind {
        case .ready: pool.reportedReady(try message.decode(), by: worker)
        case .pulse:
            worker.notePulse(try message.decode())
            worker.acknowledge()
        case .returned:
            guard let socket = message.takeDescriptor() else { throw .descriptorCount(expected: 1, found: 0) }
            desk.returned(try message.decode(), socket: socket, by: worker)
        case .closed: desk.closed(try message.decode(), by: worker)
        case .leaseRequest: request(try message.decode(), from: worker)
        case .leaseCancel: leases.cancel(try message.decode(), worker: worker.number)
        case .leaseProgress: leases.progress(try message.decode(), worker: worker.number)
        case .leaseAlive: leases.alive(try message.decode(), worker: worker.number)
        case .leaseOutcome: leases.outcome(try message.decode(), worker: worker.number)
        case .exchangeEnd: ended(try message.decode(), at: worker)
        case .drained:
            let drained = try message.decode(Drained.self)
            Log.info("worker-drained", "a worker has drained", ["pid": worker.pid, "cut": drained.cutExchanges])
            worker.acknowledge()
        case .signatureFind: signatures.find(try message.decode(), for: worker.number)
        case .signatureKeep: signatures.keep(try message.decode())
        case .signatureForget: signatures.forget(try message.decode())
        case .adopted: break  // answered once there is adoption
        case .hello, .drain, .snapshot, .handoff, .leaseGrant, .leaseWait, .leaseDeny, .leaseVerdict, .leaseRevoke,
            .signatureFound, .warmup, .ack, .adopt, .tunnelRun, .tunnelEnd, .tunnelAsk, .tunnelState:
            throw .wrongKind(expected: .pulse, found: message.kind.rawValue)
        }
    }

    /// A body that has ended two workers gets no lease.
    private func request(_ request: borrowing LeaseRequest, from worker: WorkerProcess) {
        guard desk.isRefused(request.bodyDigest) else {
            return leases.request(request, worker: worker.number)
        }
        let failure = APIFailure(.requestRefused)
        pool.send(
            LeaseDeny(
                requestID: request.requestID,
                final: FinalError(
                    situation: failure.situation.rawValue, source: failure.source.rawValue, message: failure.message,
                    shouldRetry: false)),
            to: worker.number)
    }

    private func ended(_ end: ExchangeEnd, at worker: WorkerProcess) {
        if let digest = end.bodyDigest, end.outcome?.outcomeClass == OutcomeClass.success.rawValue {
            desk.noteSuccess(digest)
        }
        leases.exchangeEnd(end, worker: worker.number)
        traffic.note(end, worker: worker.place)
        worker.noteNumber(end.number)
    }
}
