import IPC
import Platform
import Translation

/// The worker's side of the signature store: questions out, answers to whoever asked, and what answers bring.
final class SignatureClient {
    private let supervisor: any MessageSink
    private var inquiries: [String: SignatureInquiry] = [:]
    private var isSupervisorGone = false

    init(_ supervisor: any MessageSink) { self.supervisor = supervisor }

    /// Asks; the question leaves in one frame with whatever else this turn of the loop has to say.
    func ask(
        _ question: SignatureQuestion, for requestID: String, _ control: ExchangeControl
    ) -> SignatureInquiry? {
        guard !isSupervisorGone else { return nil }
        let inquiry = SignatureInquiry(question, requestID: requestID, control)
        inquiries[requestID] = inquiry
        supervisor.send(
            SignatureFind(
                requestID: requestID, family: question.family.name,
                keys: question.missing.map { SignatureKey($0.packed) },
                signed: question.signed.map { SignatureKey($0.packed) }))
        return inquiry
    }

    /// The request waits for nothing any more.
    func close(_ inquiry: SignatureInquiry) { inquiries[inquiry.requestID] = nil }

    func receive(_ found: SignatureFound) { inquiries[found.requestID]?.answer(found) }

    /// Tells what an answer brought, so that it stands in the channel when this returns.
    func keep(_ entries: [PackedSignature], of family: SignatureFamily) {
        guard !isSupervisorGone else { return }
        supervisor.send(
            SignatureKeep(
                family: family.name,
                entries: entries.map {
                    SignatureEntry(space: $0.key.space, key: $0.key.bytes, value: $0.value)
                }))
        supervisor.flush()
    }

    /// The upstream has refused what was found.
    func forget(_ inquiry: SignatureInquiry) {
        let keys = inquiry.forget()
        guard !isSupervisorGone, !keys.isEmpty else { return }
        supervisor.send(SignatureForget(keys: keys))
    }

    /// Nobody will answer.
    func supervisorGone() {
        isSupervisorGone = true
        for inquiry in inquiries.values { inquiry.giveUp() }
    }
}

extension SignatureKey {
    nonisolated init(_ key: PackedKey) { self.init(space: key.space, key: key.bytes) }
}
