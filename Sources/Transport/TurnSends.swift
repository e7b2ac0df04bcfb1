import Platform

/// Says when whole answers and new requests leave: the first few of a turn of the loop at once, what follows together at its end.
///
/// Each send wakes the process at the other end; of several at a time only the first does, and that is a good part of what a send
/// costs. The work of a busy turn delays its answers anyway. In a quiet turn nothing is held, and the events of a stream never are.
@MainActor enum TurnSends {
    /// So many of a turn go at once.
    static let atOnceMax = 4
    /// Anything longer goes at once: it is still in the processor's cache, and its room serves the next one.
    static let heldMaxBytes = 32 * 1024

    private static var turn: UInt64 = 0
    private static var count = 0
    private static var held: [any TurnSender] = []

    /// Counts a send.
    /// - Returns: true if it is not to be done now: `sendHeld` will be called at the end of this turn.
    static func holds(_ sender: any TurnSender) -> Bool {
        if turn != EventLoop.turn {
            turn = EventLoop.turn
            count = 0
        }
        count += 1
        guard count > atOnceMax else { return false }
        if held.isEmpty { EventLoop.atEndOfTurn { sendHeld() } }
        held.append(sender)
        return true
    }

    private static func sendHeld() {
        let senders = held
        // What is held from here on, such as a request that has to be repeated, is for the end of the next turn.
        held = []
        held.reserveCapacity(senders.count)
        for sender in senders { sender.sendHeld() }
    }
}

/// Who has something to send that can wait for the end of the turn.
@MainActor protocol TurnSender: AnyObject {
    /// Sends it now, if that has not happened and the connection is still there.
    func sendHeld()
}
