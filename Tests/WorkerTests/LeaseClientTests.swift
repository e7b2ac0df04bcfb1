import IPC
import Platform
import Testing

@testable import Worker

/// The worker's side of leasing, with the test as the supervisor.
@MainActor struct LeaseClientTests {
    @MainActor final class Desk: MessageSink {
        private(set) var sent: [any IPCMessage] = []
        private(set) var client: LeaseClient!
        let control = ExchangeControl()

        init() {
            client = LeaseClient(self)
            control.begin(
                DeadlineBook(
                    limits: ExchangeLimits(), acceptedAt: MonotonicInstant.now.nanoseconds, hasHeartbeat: false,
                    thinks: false, isBehindCloudflare: false))
        }

        func send(_ message: some IPCMessage) { sent.append(message) }

        func flush() {}

        var kinds: [MessageKind] { sent.map { type(of: $0).kind } }

        func ask() -> LeaseTicket {
            let ticket = LeaseTicket(requestID: "r", control: control)
            client.ask(
                LeaseRequest(
                    requestID: "r", apiKeyID: "none", dialect: .openAIChat, isStream: true, upstreamModel: "m",
                    bodyDigest: [], scheduleMillisecondsLeft: 1, totalMillisecondsLeft: 1), ticket)
            return ticket
        }

        func grant(_ requestID: String = "r") {
            client.receive(LeaseGrant(requestID: requestID, attempt: 1, lease: Self.lease))
        }

        static let lease = LeaseTerms(
            leaseID: "l", account: AccountTerms(id: "a", credential: Secret("t")), upstreamModel: "m",
            totalMillisecondsLeft: 1)
    }

    @Test func `who asks gets the answer, whenever it comes`() async {
        let desk = Desk()
        let ticket = desk.ask()
        EventLoop.atEndOfTurn { desk.grant() }
        guard case .granted(let lease) = await ticket.wait() else {
            Issue.record("no grant")
            return
        }
        #expect(lease.terms == Desk.lease && desk.kinds == [.leaseRequest])
        desk.client.receive(LeaseVerdict(requestID: "r", leaseID: "l", action: .finish))
        guard case .verdict(let verdict) = await ticket.wait() else {
            Issue.record("no verdict")
            return
        }
        #expect(verdict.action == .finish)
    }

    @Test func `a client that leaves takes its question back, and a late grant is given back`() async {
        let desk = Desk()
        let ticket = desk.ask()
        desk.control.stop(.clientGone)
        let reply = await ticket.wait()
        #expect(reply == nil)
        desk.client.close(ticket, isWaiting: true)
        desk.grant()
        let outcome = desk.sent.last as? LeaseOutcome
        #expect(desk.kinds == [.leaseRequest, .leaseCancel, .leaseOutcome])
        #expect(outcome?.outcome.leaseID == "l" && outcome?.wantsNext == false)
    }

    @Test("a revoked lease ends its answer or only its retries", arguments: [LeaseRevoke.Mode.drain, .abort])
    func revoked(mode: LeaseRevoke.Mode) async {
        let desk = Desk()
        let ticket = desk.ask()
        ticket.leaseID = "l"
        desk.client.receive(LeaseRevoke(requestID: "r", leaseID: "other", mode: mode, reason: ""))
        #expect(desk.control.stop == nil && desk.control.mayRetry)
        desk.client.receive(LeaseRevoke(requestID: "r", leaseID: "l", mode: mode, reason: ""))
        #expect(desk.control.stop == (mode == .abort ? .leaseRevoked : nil))
        #expect(desk.control.mayRetry == (mode == .abort))
    }

    @Test func `when the supervisor is gone, who has a lease goes on and who waits does not`() {
        let holding = Desk()
        holding.ask().leaseID = "l"
        holding.client.supervisorGone()
        #expect(holding.control.stop == nil && !holding.control.mayRetry)
        let waiting = Desk()
        _ = waiting.ask()
        waiting.client.supervisorGone()
        #expect(waiting.control.stop == .supervisorGone)
        let late = Desk()
        late.client.supervisorGone()
        _ = late.ask()
        #expect(late.control.stop == .supervisorGone && late.sent.isEmpty)
    }
}
