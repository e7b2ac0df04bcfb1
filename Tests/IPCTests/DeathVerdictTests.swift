import IPC
import Testing

/// Every row: what the ledger says, what the kernel counts, what the supervisor knows, and what becomes of the client.
///
/// The exchange begins at 1000 bytes read and 500 written.
struct DeathVerdictTests {
    struct Case: CustomTestStringConvertible {
        let name: String
        var phase: LedgerSlot.Phase
        var written: UInt64 = 500
        var consumed: UInt64 = 1000
        var boundaryOut: UInt64 = 500
        var boundaryNext: UInt64 = 500
        var writtenAtStart: UInt64 = 500
        var framing = AnswerFraming.none
        var keepsAlive = true
        var hasLease = false
        var handed: Int?
        var knowsLease = false
        var handedBefore = false
        var isPeerGone = false
        let verdict: DeathVerdict

        var testDescription: String { name }

        var judged: DeathVerdict {
            var slot = LedgerSlot()
            slot.phase = phase
            slot.framing = framing
            slot.keepsAlive = keepsAlive
            slot.hasLease = hasLease
            slot.isStream = framing == .chunked || framing == .untilClose
            slot.consumedAtStart = 1000
            slot.writtenAtStart = writtenAtStart
            slot.boundaryOut = boundaryOut
            slot.boundaryNext = boundaryNext
            return DeathVerdict.judge(
                slot, kernel: KernelCounters(written: written, consumed: consumed, isPeerGone: isPeerGone),
                handed: .init(byteCount: handed, hadLease: knowsLease, wasHandedBefore: handedBefore))
        }
    }

    static let cases: [Case] = [
        Case(name: "a slot of nobody", phase: .free, verdict: .close),
        Case(name: "idle, nothing happened", phase: .idle, verdict: .serveHere),
        Case(name: "idle, bytes of a request were read and not noted", phase: .idle, consumed: 1001, verdict: .refuse),
        Case(name: "idle, something unknown was written", phase: .idle, written: 501, verdict: .close),
        Case(name: "idle, client gone", phase: .idle, isPeerGone: true, verdict: .close),
        Case(name: "only the handed bytes", phase: .reading, consumed: 1080, handed: 80, verdict: .anotherWorker),
        Case(
            name: "only the handed bytes, second death", phase: .reading, consumed: 1080, handed: 80,
            handedBefore: true, verdict: .refuse),
        Case(name: "handed bytes dropped", phase: .reading, consumed: 1080, verdict: .refuse),
        Case(name: "body bytes read beyond them", phase: .reading, consumed: 1081, handed: 80, verdict: .refuse),
        Case(
            name: "lease known to the supervisor", phase: .reading, consumed: 1080, handed: 80, knowsLease: true,
            verdict: .refuse),
        Case(name: "lease in the ledger", phase: .leased, consumed: 1080, hasLease: true, handed: 80, verdict: .refuse),
        Case(
            name: "100 Continue not yet out", phase: .reading, consumed: 1080, writtenAtStart: 525, handed: 80,
            verdict: .anotherWorker),
        Case(
            name: "100 Continue out", phase: .reading, written: 525, consumed: 1080, writtenAtStart: 525,
            verdict: .refuse),
        Case(name: "reading announced, nothing read", phase: .reading, verdict: .serveHere),
        Case(name: "leased, nothing of a next request", phase: .leased, hasLease: true, verdict: .refuse),
        Case(name: "answer planned, nothing out", phase: .answering, framing: .length, verdict: .refuse),
        Case(name: "answer cut", phase: .answering, written: 600, framing: .length, verdict: .close),
        Case(
            name: "stream planned, nothing out", phase: .streaming, boundaryNext: 700, framing: .chunked,
            verdict: .refuse),
        Case(
            name: "stream after a whole event", phase: .streaming, written: 700, boundaryOut: 600, boundaryNext: 700,
            framing: .chunked, verdict: .endStream(framing: .chunked)),
        Case(
            name: "stream before the next event", phase: .streaming, written: 600, boundaryOut: 600,
            boundaryNext: 700, framing: .untilClose, verdict: .endStream(framing: .untilClose)),
        Case(
            name: "stream inside an event", phase: .streaming, written: 650, boundaryOut: 600, boundaryNext: 700,
            framing: .chunked, verdict: .close),
        Case(
            name: "finished stream, connection stays", phase: .finishing, written: 700, boundaryOut: 600,
            boundaryNext: 700, framing: .chunked, verdict: .serveHere),
        Case(
            name: "finished stream, connection was to close", phase: .finishing, written: 700, boundaryOut: 600,
            boundaryNext: 700, framing: .chunked, keepsAlive: false, verdict: .close),
        Case(
            name: "finished answer, next request already read", phase: .finishing, written: 700, consumed: 1080,
            boundaryNext: 700, framing: .length, verdict: .refuse),
        Case(
            name: "end of a stream not written", phase: .finishing, written: 600, boundaryOut: 600, boundaryNext: 700,
            framing: .chunked, verdict: .endStream(framing: .chunked)),
        Case(
            name: "end of a stream cut", phase: .finishing, written: 650, boundaryOut: 600, boundaryNext: 700,
            framing: .chunked, verdict: .close),
        Case(
            name: "whole answer not begun", phase: .finishing, boundaryNext: 700, framing: .length, verdict: .refuse),
        Case(
            name: "whole answer cut", phase: .finishing, written: 600, boundaryNext: 700, framing: .length,
            verdict: .close),
        Case(
            name: "answering, client gone", phase: .answering, framing: .length, isPeerGone: true, verdict: .close),
    ]

    @Test("what becomes of a connection whose worker died", arguments: cases)
    func verdict(_ row: Case) {
        let judged = row.judged
        #expect(judged == row.verdict)
    }

    @Test func `without the kernel's counters a connection is closed`() {
        let verdict = DeathVerdict.judge(LedgerSlot(), kernel: nil, handed: .init(byteCount: 1, hadLease: false))
        #expect(verdict == .close)
    }
}
