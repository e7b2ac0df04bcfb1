import IPC
import Platform
import Transport

/// Notes in the ledger what a connection is about to do, so that the supervisor can treat its client rightly if this process
/// dies in the middle.
final class LedgerJournal: ConnectionJournal {
    let slot: LedgerCursor
    private unowned let connection: ServerConnection

    init(slot: LedgerCursor, connection: ServerConnection) {
        self.slot = slot
        self.connection = connection
    }

    func idle(consumed: UInt64, written: UInt64) {
        slot.idle(consumed: consumed, written: written, now: EventLoop.now.nanoseconds)
    }

    func began(consumed: UInt64, written: UInt64) {
        slot.began(consumed: consumed, written: written, now: EventLoop.now.nanoseconds)
    }

    func willWrite(complete: UInt64, boundary: UInt64, isLast: Bool) {
        if isLast {
            slot.finishing(complete: complete, boundary: boundary, consumed: connection.consumedTotal)
        } else {
            slot.willWrite(complete: complete, boundary: boundary)
        }
    }
}
