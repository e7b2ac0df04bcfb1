import IPC
import Platform
import Testing

@testable import Supervisor

/// Small requests that workers make for the service: each is answered once, whatever becomes of its worker.
@Suite @MainActor struct WarmupDeskTests {
    @MainActor final class Fixture {
        let desk: WarmupDesk
        private(set) var sent: [(worker: Int, message: Warmup)] = []
        private(set) var answers: [String: Bool] = [:]

        init(worker: Int? = 3, waitMax: Duration = .seconds(60)) {
            desk = WarmupDesk(answerWaitMax: waitMax)
            desk.worker = { worker }
            desk.send = { [unowned self] worker, message in
                if let message = message as? Warmup { sent.append((worker, message)) }
            }
        }

        /// Begins one that is known by its account.
        func begin(_ account: String, _ model: String = "gemini-3-flash") async {
            let count = sent.count
            Task { answers[account] = await desk.run(account: account, model: model) }
            await eventually("sent or answered") { self.sent.count > count || self.answers[account] != nil }
        }

        func id(of account: String) -> String {
            sent.first { $0.message.accountID == account }?.message.requestID ?? "none"
        }
    }

    @Test func `a worker is told the account and the model, under an id of its own`() async {
        let fixture = Fixture()
        await fixture.begin("a", "gemini-3-pro-high")
        await fixture.begin("b")
        expect(fixture.sent.map(\.worker), [3, 3], "worker")
        expect(fixture.sent[0].message.accountID, "a", "account")
        expect(fixture.sent[0].message.upstreamModel, "gemini-3-pro-high", "model")
        expect(Set(fixture.sent.map(\.message.requestID)).count, 2, "ids")
        for account in ["a", "b"] { fixture.desk.ended(fixture.id(of: account), isSuccess: true) }
        await eventually("answered") { fixture.answers.count == 2 }
    }

    @Test(arguments: [true, false])
    func `the end of its request answers it, and no other end does`(isSuccess: Bool) async {
        let fixture = Fixture()
        await fixture.begin("a")
        await fixture.begin("b")
        fixture.desk.ended("a client's request", isSuccess: !isSuccess)
        expect(fixture.answers, [:], "nothing yet")
        fixture.desk.ended(fixture.id(of: "a"), isSuccess: isSuccess)
        // The same end said again, as after an adoption, must not answer anybody twice.
        fixture.desk.ended(fixture.id(of: "a"), isSuccess: !isSuccess)
        await eventually("answered") { fixture.answers["a"] != nil }
        expect(fixture.answers, ["a": isSuccess], "answers")
        fixture.desk.ended(fixture.id(of: "b"), isSuccess: isSuccess)
        await eventually("answered") { fixture.answers["b"] == isSuccess }
    }

    @Test func `what a dead worker was asked for is not done, and what others were asked for goes on`() async {
        let fixture = Fixture()
        await fixture.begin("a")
        fixture.desk.worker = { 4 }
        await fixture.begin("b")
        fixture.desk.workerGone(3)
        await eventually("answered") { fixture.answers["a"] != nil }
        expect(fixture.answers, ["a": false], "answers")
        fixture.desk.ended(fixture.id(of: "b"), isSuccess: true)
        await eventually("answered") { fixture.answers["b"] == true }
    }

    @Test func `a worker that never answers is not waited for without end`() async {
        let fixture = Fixture(waitMax: .milliseconds(30))
        await fixture.begin("a")
        await eventually("given up") { fixture.answers["a"] == false }
        fixture.desk.ended(fixture.id(of: "a"), isSuccess: true)
        expect(fixture.answers, ["a": false], "a late end changes nothing")
    }

    @Test func `without a worker nothing is begun`() async {
        let fixture = Fixture(worker: nil)
        await fixture.begin("a")
        expect(fixture.answers, ["a": false], "answer")
        expect(fixture.sent.count, 0, "messages")
        fixture.desk.worker = { 3 }
        fixture.desk.send = nil
        await fixture.begin("b")
        expect(fixture.answers["b"], false, "no channel")
    }
}
