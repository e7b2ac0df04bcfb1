/// What becomes of a client connection whose worker has died.
///
/// Pure, and in the room that both sides share: the worker orders its ledger writes so that this function is right at every
/// instant, the supervisor obeys it. Read only after the worker's end is known and its channel was read to its end.
public enum DeathVerdict: Equatable, Sendable {
    /// Between two requests, nothing lost: the supervisor waits for the next one itself.
    case serveHere
    /// Nothing of the request was used up: another worker gets the connection with the bytes that were handed over.
    case anotherWorker
    /// Nothing of an answer is out, but the request is lost: 503 `gateway_worker_lost` and close.
    case refuse
    /// The stream stands at an event boundary: the dialect's error event, whatever ends the framing, and close.
    case endStream(framing: AnswerFraming)
    /// Anything else: FIN. The client sees a cut answer, never a wrong one.
    case close

    /// What the supervisor knows beside the ledger and the kernel.
    public struct Handed: Equatable, Sendable {
        /// Bytes of the request that the supervisor still keeps, or nil when it has dropped them.
        public var byteCount: Int?
        /// A lease was granted or asked for in this exchange, as the supervisor knows it.
        public var hadLease: Bool
        /// The request has survived a death before; it is not given to a third worker.
        public var wasHandedBefore: Bool

        public init(byteCount: Int?, hadLease: Bool, wasHandedBefore: Bool = false) {
            self.byteCount = byteCount
            self.hadLease = hadLease
            self.wasHandedBefore = wasHandedBefore
        }
    }

    /// - Parameter kernel: nil when the kernel's answer was too short to tell.
    public static func judge(_ slot: LedgerSlot, kernel: KernelCounters?, handed: Handed) -> DeathVerdict {
        guard let kernel, !kernel.isPeerGone else { return .close }
        switch slot.phase {
        case .free:
            return .close
        case .idle:
            return afterAnswer(slot, kernel, writtenExpected: slot.writtenAtStart)
        case .reading, .leased, .answering:
            guard isNothingWritten(slot, kernel) else { return .close }
            // Noted before the first read, which never came.
            if slot.phase == .reading, kernel.consumed == slot.consumedAtStart { return .serveHere }
            return isUntouched(slot, kernel, handed) ? .anotherWorker : .refuse
        case .streaming:
            if isNothingWritten(slot, kernel) { return .refuse }
            let isAtBoundary = kernel.written == slot.boundaryOut || kernel.written == slot.boundaryNext
            return isAtBoundary ? .endStream(framing: slot.framing) : .close
        case .finishing:
            if kernel.written == slot.boundaryNext {
                return slot.keepsAlive ? afterAnswer(slot, kernel, writtenExpected: slot.boundaryNext) : .close
            }
            if isNothingWritten(slot, kernel) { return .refuse }
            let isAtBoundary = slot.isStream && kernel.written == slot.boundaryOut
            return isAtBoundary ? .endStream(framing: slot.framing) : .close
        }
    }

    /// The last answer is out. Bytes of a next request that the worker had read are lost with it.
    private static func afterAnswer(
        _ slot: LedgerSlot, _ kernel: KernelCounters, writtenExpected: UInt64
    ) -> DeathVerdict {
        guard kernel.written == writtenExpected else { return .close }
        return kernel.consumed == slot.consumedAtStart ? .serveHere : .refuse
    }

    /// `100 Continue` counts as nothing: the worker moves `writtenAtStart` behind it before it writes it.
    private static func isNothingWritten(_ slot: LedgerSlot, _ kernel: KernelCounters) -> Bool {
        kernel.written <= slot.writtenAtStart
    }

    /// The request can begin again elsewhere: no lease, no byte read beyond the ones that were handed over and are kept.
    private static func isUntouched(_ slot: LedgerSlot, _ kernel: KernelCounters, _ handed: Handed) -> Bool {
        guard slot.phase == .reading, !slot.hasLease, !handed.hadLease, !handed.wasHandedBefore,
            let byteCount = handed.byteCount
        else { return false }
        return kernel.consumed == slot.consumedAtStart &+ UInt64(byteCount)
    }
}
