import IPC
import JSON
import Platform
import Testing
import Translation

@testable import Worker

/// The worker's side of the signature store, with the test as the supervisor.
@MainActor struct SignatureClientTests {
    @MainActor final class Desk: MessageSink {
        enum Step: Equatable { case sent(MessageKind), flushed }

        private(set) var steps: [Step] = []
        private(set) var sent: [any IPCMessage] = []
        private(set) var client: SignatureClient!
        let control = ExchangeControl()

        init() {
            client = SignatureClient(self)
            control.begin(
                DeadlineBook(
                    limits: ExchangeLimits(), acceptedAt: MonotonicInstant.now.nanoseconds, hasHeartbeat: false,
                    thinks: false, isBehindCloudflare: false))
        }

        func send(_ message: some IPCMessage) {
            sent.append(message)
            steps.append(.sent(type(of: message).kind))
        }

        func flush() { steps.append(.flushed) }

        func ask() throws -> SignatureInquiry? {
            client.ask(try SignatureClientTests.question(), for: "r", control)
        }
    }

    static func question() throws -> SignatureQuestion {
        var request = GenerationRequest(clientModel: "gemini-3-flash")
        request.turns = [
            Turn(
                role: .assistant,
                parts: [.toolCall(ToolCall(id: "call_1", name: "look", arguments: .emptyObject))])
        ]
        return try #require(SignatureQuestion(request, target: TargetModel(id: "gemini-3-flash"), scope: nil))
    }

    static let key = SignatureKey(space: 0, key: Array("call_1".utf8))

    /// What the store would have: packed by a harvest.
    static func found() throws -> SignatureFound {
        var harvest = try #require(
            SignatureHarvest(
                GenerationRequest(clientModel: "m"), target: TargetModel(id: "gemini-3-flash"), scope: nil))
        let signature = JSONString(String(repeating: "S", count: 60))
        harvest.observe(
            .toolCall(ToolCall(id: "call_1", name: "look", arguments: .emptyObject, signature: signature)))
        return SignatureFound(
            requestID: "r",
            entries: harvest.take().map { SignatureEntry(space: $0.key.space, key: $0.key.bytes, value: $0.value) })
    }

    @Test func `the answer is found, whenever it comes`() async throws {
        let desk = Desk()
        let inquiry = try #require(try desk.ask())
        #expect((desk.sent.first as? SignatureFind)?.keys == [Self.key])
        let found = try Self.found()
        EventLoop.atEndOfTurn { desk.client.receive(found) }
        await inquiry.wait(desk.control)
        #expect(inquiry.known.entries.count == 1 && !inquiry.isOpen)
    }

    @Test func `without an answer the request goes on, and a late one changes nothing`() async throws {
        let desk = Desk()
        let inquiry = try #require(try desk.ask())
        await inquiry.wait(desk.control)
        #expect(!inquiry.isOpen && inquiry.known.entries.isEmpty)
        desk.client.receive(try Self.found())
        #expect(inquiry.known.entries.isEmpty)
    }

    @Test func `an answer to nobody is passed over`() throws {
        let desk = Desk()
        let inquiry = try #require(try desk.ask())
        desk.client.close(inquiry)
        desk.client.receive(try Self.found())
        #expect(inquiry.known.entries.isEmpty)
    }

    @Test func `new signatures stand in the channel before anything else happens`() throws {
        let desk = Desk()
        let packed = PackedSignature(key: PackedKey(space: 0, bytes: [1]), value: [2])
        desk.client.keep([packed], of: SignatureFamily(name: "claude"))
        #expect(desk.steps == [.sent(.signatureKeep), .flushed])
    }

    @Test func `what was found and refused is forgotten here and there`() throws {
        let desk = Desk()
        let inquiry = try #require(try desk.ask())
        desk.client.receive(try Self.found())
        desk.client.forget(inquiry)
        #expect(inquiry.known.entries.isEmpty && (desk.sent.last as? SignatureForget)?.keys == [Self.key])
        desk.client.forget(inquiry)
        #expect(desk.sent.count == 2)
    }

    @Test func `without a supervisor nobody is asked and nobody waits`() async throws {
        let desk = Desk()
        let inquiry = try #require(try desk.ask())
        desk.client.supervisorGone()
        await inquiry.wait(desk.control)
        #expect(try desk.ask() == nil && desk.sent.count == 1)
    }
}
