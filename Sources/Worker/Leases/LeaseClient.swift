import GoogleAPI
import IPC
import Platform

/// The worker's side of leasing: questions out, answers to whoever asked, signs of life for what is held.
final class LeaseClient {
    /// How often the leases that are held are named; the supervisor takes one back after three times as long.
    static let alivePeriod = Duration.seconds(30)
    /// Leases named in one message.
    static let aliveCountMax = 1024

    private let supervisor: any MessageSink
    private var tickets: [RequestName: LeaseTicket] = [:]
    private var timer: LoopTimer?
    private var isSupervisorGone = false

    init(_ supervisor: any MessageSink) {
        self.supervisor = supervisor
        timer = LoopTimer { [unowned self] in
            nameLeases()
            timer?.set(after: Self.alivePeriod)
        }
        timer?.set(after: Self.alivePeriod)
    }

    /// Asks for the first lease of a request.
    func ask(_ request: LeaseRequest, _ ticket: LeaseTicket) {
        if isSupervisorGone { return ticket.supervisorGone() }
        tickets[RequestName(request.requestID)] = ticket
        supervisor.send(request)
    }

    /// Reports a failed attempt and asks what to do.
    func report(_ outcome: LeaseOutcome, for ticket: LeaseTicket) {
        ticket.leaseID = nil
        if isSupervisorGone { return ticket.supervisorGone() }
        supervisor.send(outcome)
    }

    /// The last outcome of a lease that no end of an exchange carries.
    func conclude(_ outcome: LeaseOutcome) {
        if !isSupervisorGone { supervisor.send(outcome) }
    }

    /// Content of a stream has gone to the client.
    func committed(_ leaseID: String, firstContentMilliseconds: UInt32) {
        guard !isSupervisorGone else { return }
        supervisor.send(LeaseProgress(leaseID: leaseID, firstContentMilliseconds: firstContentMilliseconds))
    }

    /// The request waits for nothing any more. While it still waited for a first lease it is taken back.
    func close(_ ticket: LeaseTicket, isWaiting: Bool) {
        tickets[RequestName(ticket.requestID)] = nil
        if isWaiting, !isSupervisorGone { supervisor.send(LeaseCancel(requestID: ticket.requestID)) }
    }

    func receive(_ grant: LeaseGrant) {
        guard let ticket = tickets[RequestName(grant.requestID)] else {
            // The client left while the grant was on its way.
            let outcome = AttemptOutcome(
                leaseID: grant.lease.leaseID, outcomeClass: OutcomeClass.clientGone.rawValue,
                isContentCommitted: false, endpoint: 0, durationMilliseconds: 0)
            return supervisor.send(
                LeaseOutcome(
                    requestID: grant.requestID, attempt: grant.attempt, outcome: outcome, wantsNext: false,
                    scheduleMillisecondsLeft: 0))
        }
        ticket.answer(.granted(HeldLease(grant.lease, endpoint: nil)))
    }

    func receive(_ deny: LeaseDeny) { tickets[RequestName(deny.requestID)]?.answer(.denied(deny.final)) }

    func receive(_ verdict: LeaseVerdict) { tickets[RequestName(verdict.requestID)]?.answer(.verdict(verdict)) }

    func receive(_ revoke: LeaseRevoke) {
        guard let ticket = tickets[RequestName(revoke.requestID)], ticket.leaseID == revoke.leaseID else { return }
        ticket.revoke(revoke.mode)
    }

    /// The channel has ended: who waits for a lease waits in vain, who has one goes on.
    func supervisorGone() {
        isSupervisorGone = true
        timer?.cancel()
        for ticket in tickets.values { ticket.supervisorGone() }
    }

    private func nameLeases() {
        let held = tickets.values.compactMap(\.leaseID)
        for start in stride(from: 0, to: held.count, by: Self.aliveCountMax) {
            supervisor.send(LeaseAlive(leaseIDs: Array(held[start..<min(start + Self.aliveCountMax, held.count)])))
        }
    }
}

/// The id of a request as a key. Ids are random (`Identifiers`), so a few bytes tell them apart, and hashing those is enough.
nonisolated private struct RequestName: Hashable {
    private let text: String

    init(_ text: String) { self.text = text }

    func hash(into hasher: inout Hasher) {
        var text = text
        let tail = text.withUTF8 { bytes -> UInt64 in
            guard bytes.count >= 8 else { return UInt64(bytes.count) }
            return UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt64.self)
        }
        hasher.combine(tail)
    }
}
