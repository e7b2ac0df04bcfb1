import APIErrors
import GoogleAPI
import IPC
import Testing
import Translation

@testable import Worker

struct LeaseWordsTests {
    @Test(arguments: [
        (GenerationRequest.Purpose.conversation, "gemini-3-flash", LeaseRequest.Operation.generate),
        (.conversation, "gemini-3-pro-image", .image), (.image, "gemini-3-pro-image", .image),
        (.image, "gemini-3-flash", .image), (.transcription, "gemini-2.5-flash", .audio),
    ])
    func `a lease is asked for what the answer will be`(
        purpose: GenerationRequest.Purpose, model: String, operation: LeaseRequest.Operation
    ) {
        #expect(LeaseRequest.Operation(purpose, target: TargetModel(id: model)) == operation)
    }

    @Test func `an answer without a picture is told as such, whatever the last word on empty answers is`() {
        let missing = AttemptFailure(
            .emptyStream, reason: AnswerProgress.Emptiness.missingImage.rawValue, httpStatus: 200)
        let empty = AttemptFailure(.emptyStream, reason: AnswerProgress.Emptiness.nothing.rawValue, httpStatus: 200)
        func situation(_ final: Situation, after failure: AttemptFailure?) -> Situation {
            APIFailure(
                FinalError(situation: final.rawValue, source: APIFailure.Source.gateway.rawValue, message: "x"),
                after: failure
            ).situation
        }
        #expect(missing.failure.situation == .noImage && missing.failure.source == .upstream)
        #expect(situation(.upstreamUnreachable, after: missing) == .noImage)
        #expect(situation(.upstreamUnreachable, after: empty) == .upstreamUnreachable)
        #expect(situation(.upstreamUnreachable, after: nil) == .upstreamUnreachable)
        #expect(situation(.quotaExhausted, after: missing) == .quotaExhausted)
    }

    /// Where nothing may be tried again, and where no supervisor is left to ask, the attempt's own failure is the answer. A
    /// coding client that hears 401 or 403 logs its user out.
    @Test(arguments: OutcomeClass.allCases)
    func `no failure of an attempt is a 401 or a 403 to the client`(outcome: OutcomeClass) {
        let failure = AttemptFailure(outcome, httpStatus: 403).failure
        for family in DialectFamily.allCases {
            #expect(failure.status(in: family) != 401 && failure.status(in: family) != 403)
        }
    }

    @Test(arguments: [false, true])
    func `a client that leaves is no failure of the account`(isCommitted: Bool) {
        for stop in [ExchangeStop.clientGone, .unwanted] {
            #expect(stop.outcomeClass(isCommitted: isCommitted) == .clientGone)
        }
    }
}
