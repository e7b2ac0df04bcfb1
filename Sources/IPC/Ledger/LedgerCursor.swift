import Synchronization

/// One slot of a ledger in shared memory. One process writes at a time: the supervisor until the handoff is queued, then
/// the worker. Each method is called before the system call that makes its fact true.
///
/// Stores are releasing and come in an order in which every prefix of them is true, because the writer can die between any
/// two. Loads of a live slot may see two halves of a change; a reader after the death sees all of it.
public struct LedgerCursor {
    private let words: UnsafeMutablePointer<Atomic<UInt64>>
    /// Keeps the mapping.
    private let ledger: Ledger

    init(_ words: UnsafeMutablePointer<Atomic<UInt64>>, keeping ledger: Ledger) {
        self.words = words
        self.ledger = ledger
    }

    /// The slot as it stands.
    public func load() -> LedgerSlot {
        var slot = LedgerSlot()
        slot.read(stateWord: word(0))
        slot.digest = (word(1), word(2))
        slot.consumedAtStart = word(3)
        slot.writtenAtStart = word(4)
        slot.boundaryOut = word(5)
        slot.boundaryNext = word(6)
        slot.sinceNanoseconds = word(7)
        return slot
    }

    // MARK: The supervisor, before the handoff

    /// A connection is about to be handed over in the middle of a request, `consumedAtStart` bytes in front of it.
    public func fill(generation: UInt32, consumedAtStart: UInt64, written: UInt64, now: UInt64) {
        store(0, LedgerSlot().stateWord)
        store(1, 0)
        store(2, 0)
        store(3, consumedAtStart)
        rebase(written: written)
        store(7, now)
        var slot = LedgerSlot()
        slot.generation = generation
        slot.phase = .reading
        store(0, slot.stateWord)
    }

    /// The slot belongs to nobody.
    public func clear() {
        change {
            $0.phase = .free
            $0.hasLease = false
        }
    }

    // MARK: The worker

    /// The last answer is out; the next request, if any, begins `consumed` bytes into the connection.
    public func idle(consumed: UInt64, written: UInt64, now: UInt64) {
        store(3, consumed)
        rebase(written: written)
        change {
            $0.phase = .idle
            $0.framing = .none
            $0.hasLease = false
            $0.isStream = false
            $0.isResponse = false
        }
        // Last: before the change of phase the word says when the exchange began.
        store(7, now)
    }

    /// Bytes of a request are about to be read. `consumed` and `written` are the totals in front of them. Said again with
    /// a greater `written` before an interim answer, which is no part of the answer.
    public func began(consumed: UInt64, written: UInt64, now: UInt64) {
        store(1, 0)
        store(2, 0)
        store(3, consumed)
        rebase(written: written)
        store(7, now)
        change {
            $0.phase = .reading
            $0.framing = .none
            $0.hasLease = false
            $0.isStream = false
            $0.isResponse = false
        }
    }

    /// The request is known well enough to be refused in its own dialect.
    public func identify(family: UInt8, keepsAlive: Bool) {
        change {
            $0.family = family
            $0.keepsAlive = keepsAlive
        }
    }

    /// The digest of the request's body: sixteen bytes.
    public func identify(digest: [UInt8]) {
        precondition(digest.count == 16, "a digest has sixteen bytes")
        digest.withUnsafeBytes {
            store(1, UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: 0, as: UInt64.self)))
            store(2, UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
        }
    }

    /// A lease is about to be asked for.
    public func leased() {
        change {
            $0.phase = .leased
            $0.hasLease = true
        }
    }

    /// A whole answer is about to be written.
    public func answering(framing: AnswerFraming, keepsAlive: Bool) {
        change {
            $0.phase = .answering
            $0.framing = framing
            $0.keepsAlive = keepsAlive
            $0.isStream = false
            $0.isResponse = false
        }
    }

    /// A stream is about to begin.
    ///
    /// - Parameter isResponse: it is a response of OpenAI's Responses.
    public func streaming(framing: AnswerFraming, isResponse: Bool = false, keepsAlive: Bool) {
        change {
            $0.phase = .streaming
            $0.framing = framing
            $0.keepsAlive = keepsAlive
            $0.isStream = true
            $0.isResponse = isResponse
        }
    }

    /// Whole events are about to be written. The last whole one is out at a total of `complete`, all of them at `boundary`.
    public func willWrite(complete: UInt64, boundary: UInt64) {
        store(5, complete)
        store(6, boundary)
    }

    /// The rest of an answer is about to be written; `complete` and `boundary` as above. `consumed` is the total of what was
    /// read and belongs to this exchange or an earlier one.
    public func finishing(complete: UInt64, boundary: UInt64, consumed: UInt64) {
        store(3, consumed)
        store(5, complete)
        store(6, boundary)
        change { $0.phase = .finishing }
    }

    private func rebase(written: UInt64) {
        store(4, written)
        store(5, written)
        store(6, written)
    }

    private func change(_ body: (inout LedgerSlot) -> Void) {
        var slot = LedgerSlot()
        slot.read(stateWord: word(0))
        body(&slot)
        store(0, slot.stateWord)
    }

    private func word(_ index: Int) -> UInt64 { words[index].load(ordering: .acquiring) }
    private func store(_ index: Int, _ value: UInt64) { words[index].store(value, ordering: .releasing) }
}
