import IPC
import Platform
import Testing

/// The worker writes, the supervisor reads through another mapping of the same memory. After each step a death at that
/// very instant must get the verdict that is true for the client.
@MainActor struct LedgerTests {
    /// One connection's life as the worker notes it, with what the kernel would count if it died right there.
    struct Life {
        let ledger: Ledger
        let supervisor: Ledger
        var written: UInt64 = 0
        var consumed: UInt64 = 80

        init() throws {
            supervisor = try Ledger.create(slots: 4)
            ledger = try Ledger.adopt(FileDescriptor(owning: supervisor.rawDescriptor).duplicateAndRelease(), slots: 4)
            supervisor[2].fill(generation: 9, consumedAtStart: 0, written: 0, now: 1)
        }

        func verdict(handed: Int? = nil) -> DeathVerdict {
            DeathVerdict.judge(
                supervisor[2].load(), kernel: KernelCounters(written: written, consumed: consumed),
                handed: .init(byteCount: handed, hadLease: false))
        }
    }

    @Test func `a death at any step of a streamed exchange is told from every other`() throws {
        var life = try Life()
        let slot = life.ledger[2]
        var seen: [DeathVerdict] = [life.verdict(handed: 80)]
        slot.identify(family: 1, keepsAlive: true)
        slot.identify(digest: [UInt8](repeating: 1, count: 16))
        seen.append(life.verdict(handed: 80))
        slot.leased()
        seen.append(life.verdict(handed: 80))
        slot.streaming(framing: .chunked, keepsAlive: true)
        slot.willWrite(complete: 0, boundary: 200)
        seen.append(life.verdict())
        life.written = 200
        seen.append(life.verdict())
        slot.willWrite(complete: 200, boundary: 260)
        seen.append(life.verdict())
        life.written = 230
        seen.append(life.verdict())
        life.written = 260
        slot.finishing(complete: 260, boundary: 265, consumed: 80)
        seen.append(life.verdict())
        life.written = 265
        seen.append(life.verdict())
        slot.idle(consumed: 80, written: 265, now: 2)
        seen.append(life.verdict())
        life.consumed = 100
        seen.append(life.verdict())
        slot.began(consumed: 80, written: 265, now: 3)
        seen.append(life.verdict())
        let cut = DeathVerdict.endStream(framing: .chunked)
        #expect(
            seen == [
                .anotherWorker, .anotherWorker, .refuse, .refuse, cut, cut, .close, cut, .serveHere, .serveHere,
                .refuse,
                .refuse,
            ])
    }

    @Test func `a death at any step of a whole answer is told from every other`() throws {
        var life = try Life()
        let slot = life.ledger[2]
        slot.answering(framing: .length, keepsAlive: true)
        var seen = [life.verdict()]
        slot.finishing(complete: 0, boundary: 300, consumed: 80)
        seen.append(life.verdict())
        life.written = 100
        seen.append(life.verdict())
        life.written = 300
        seen.append(life.verdict())
        slot.idle(consumed: 80, written: 300, now: 2)
        seen.append(life.verdict())
        #expect(seen == [.refuse, .refuse, .close, .serveHere, .serveHere])
    }

    @Test func `a slot keeps what was written into it and no more`() throws {
        let life = try Life()
        life.ledger[2].identify(family: 2, keepsAlive: true)
        life.ledger[2].identify(digest: [5, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0])
        let slot = life.supervisor[2].load()
        let isWhole = slot.generation == 9 && slot.phase == .reading && slot.family == 2 && slot.digest == (5, 6)
        let neighboursAreFree = life.supervisor[1].load() == LedgerSlot() && life.supervisor[3].load() == LedgerSlot()
        #expect(isWhole && neighboursAreFree && slot.isBusy)
        life.supervisor[2].clear()
        #expect(life.supervisor[2].load().phase == .free)
    }

    @Test func `a stream of Responses is told from every other, for as long as it lasts`() throws {
        let life = try Life()
        let slot = life.ledger[2]
        var seen: [Bool] = []
        let steps: [() -> Void] = [
            { slot.streaming(framing: .chunked, isResponse: true, keepsAlive: true) },
            { slot.willWrite(complete: 0, boundary: 9) },
            { slot.finishing(complete: 9, boundary: 12, consumed: 80) },
            { slot.idle(consumed: 80, written: 12, now: 2) },
            { slot.streaming(framing: .chunked, isResponse: true, keepsAlive: true) },
            { slot.began(consumed: 80, written: 12, now: 3) },
            { slot.streaming(framing: .chunked, isResponse: true, keepsAlive: true) },
            { slot.answering(framing: .length, keepsAlive: true) },
            { slot.streaming(framing: .chunked, keepsAlive: true) },
        ]
        for step in steps {
            step()
            seen.append(life.supervisor[2].load().isResponse)
        }
        #expect(seen == [true, true, true, false, true, false, true, false, false])
    }

    @Test func `a slot tells since when it does what it does`() throws {
        let life = try Life()
        let slot = life.ledger[2]
        var seen = [life.supervisor[2].load().sinceNanoseconds]
        slot.finishing(complete: 0, boundary: 300, consumed: 80)
        seen.append(life.supervisor[2].load().sinceNanoseconds)
        slot.idle(consumed: 80, written: 300, now: 5)
        seen.append(life.supervisor[2].load().sinceNanoseconds)
        slot.began(consumed: 80, written: 300, now: 9)
        seen.append(life.supervisor[2].load().sinceNanoseconds)
        #expect(seen == [1, 1, 5, 9])
    }

    @Test func `memory of another size is not taken for a ledger`() throws {
        let memory = try MemoryFile.create(name: "test", size: 128)
        #expect(throws: IPCError.memoryNotSealed) {
            _ = try Ledger.adopt(memory.descriptor.duplicate(), slots: 4)
        }
    }
}

extension FileDescriptor {
    /// A duplicate of a descriptor that stays somebody else's.
    consuming func duplicateAndRelease() throws -> FileDescriptor {
        let copy = try duplicate()
        _ = release()
        return copy
    }
}
