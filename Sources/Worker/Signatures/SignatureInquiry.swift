import IPC
import Platform
import Translation

/// The place where a request finds the answer of the signature store.
final class SignatureInquiry {
    /// The store answers out of memory or with one look at the disk. Without its answer the request goes on: signatures make
    /// answers better, none is needed.
    static let limitNanoseconds: UInt64 = 250_000_000

    let requestID: String
    /// Empty until the answer is there.
    private(set) var known = KnownSignatures.none
    private(set) var isOpen = true
    private let question: SignatureQuestion
    private let control: ExchangeControl
    private let askedAt = EventLoop.now.nanoseconds
    private var found: [SignatureKey] = []

    init(_ question: SignatureQuestion, requestID: String, _ control: ExchangeControl) {
        self.question = question
        self.requestID = requestID
        self.control = control
    }

    /// Says outright that nothing here needs the loop to be freed.
    nonisolated deinit {}

    func answer(_ answer: SignatureFound) {
        guard isOpen else { return }
        isOpen = false
        found = answer.entries.map { SignatureKey(space: $0.space, key: $0.key) }
        known = question.known(
            answer.entries.map {
                PackedSignature(key: PackedKey(space: $0.space, bytes: $0.key), value: $0.value)
            },
            foreign: answer.foreign.map { PackedKey(space: $0.space, bytes: $0.key) })
        control.wake()
    }

    /// There will be no answer.
    func giveUp() {
        isOpen = false
        control.wake()
    }

    /// Waits for the answer, a short time from the question on. A later one is not listened to: all attempts of a request
    /// send the same.
    /// - Parameter control: of whoever waits; an answer wakes them all.
    func wait(_ control: ExchangeControl) async {
        await control.wait(until: askedAt &+ Self.limitNanoseconds) { !isOpen }
        isOpen = false
    }

    /// - Returns: what the store had, from here on unknown.
    func forget() -> [SignatureKey] {
        defer {
            found = []
            known = .none
        }
        return found
    }
}
