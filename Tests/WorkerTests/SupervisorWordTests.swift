import APIErrors
import GoogleAPI
import IPC
import Testing

@testable import Worker

/// What a request makes of the supervisor's replies.
@MainActor struct SupervisorWordTests {
    private static let terms = LeaseTerms(
        leaseID: "l1", account: AccountTerms(id: "a1", credential: Secret("c")), upstreamModel: "m", endpoint: 2,
        totalMillisecondsLeft: 1000)

    private func word(_ reply: LeaseTicket.Reply, after failure: AttemptFailure? = nil) -> String {
        switch SupervisorWord(reply, after: failure) {
        case .begin(let lease): "begin \(lease.terms.leaseID) at \(lease.endpoint)"
        case .tryAgain(let lease, let delay): "again \(lease.terms.leaseID) at \(lease.endpoint) after \(delay)"
        case .end(let failure): "end \(failure.situation)"
        }
    }

    private func verdict(
        _ action: LeaseVerdict.Action, delay: UInt32 = 0, endpoint: UInt8? = nil, lease: LeaseTerms? = nil,
        final: FinalError? = nil
    ) -> LeaseTicket.Reply {
        .verdict(
            LeaseVerdict(
                requestID: "r", leaseID: "l0", action: action, delayMilliseconds: delay, endpoint: endpoint,
                lease: lease, final: final))
    }

    private let limited = FinalError(situation: Situation.allAccountsLimited.rawValue, source: 0, message: "")

    @Test func `a lease is used at the address that the verdict names, else at its own`() {
        #expect(word(.granted(HeldLease(Self.terms, endpoint: nil))) == "begin l1 at 2")
        #expect(word(verdict(.other, lease: Self.terms)) == "again l1 at 2 after 0")
        #expect(word(verdict(.endpoint, delay: 7, endpoint: 0, lease: Self.terms)) == "again l1 at 0 after 7000000")
    }

    @Test func `the end is the supervisor's word, else the last failure, else nobody knows`() {
        let failure = AttemptFailure(.overloaded, httpStatus: 503)
        #expect(word(.denied(limited)) == "end allAccountsLimited")
        #expect(word(verdict(.finish, final: limited), after: failure) == "end allAccountsLimited")
        #expect(word(verdict(.finish, lease: Self.terms, final: limited)) == "end allAccountsLimited")
        #expect(word(verdict(.finish), after: failure) == "end overloaded")
        #expect(word(verdict(.other)) == "end internalError")
    }
}
