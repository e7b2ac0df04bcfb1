import IPC
import Platform

/// What the worker owes the supervisor: numbered, batched where a turn of the loop has several of a kind.
final class Outbox: MessageSink {
    private let channel: Channel
    private var number: UInt64 = 0
    private var ring = RecordRing()
    private var closed: [ConnectionID] = []
    /// Connections that read no further request before the supervisor has taken what it is owed.
    private var waiters: [UnsafeContinuation<Void, Never>] = []
    /// Nobody reads any more, even if the channel still takes what is sent.
    private var isOver = false

    init(channel: Channel) {
        self.channel = channel
        channel.onEmpty = { [unowned self] in resumeWaiters() }
    }

    /// Returns when the channel has room for what another request would put into it, or has ended.
    func room() async {
        while isFull { await withUnsafeContinuation { waiters.append($0) } }
    }

    /// The channel has no room for what another request would put into it.
    var isFull: Bool { channel.isFull && !channel.isOver && !isOver }

    /// Nobody will take anything any more: who waits goes on.
    func supervisorGone() {
        isOver = true
        resumeWaiters()
    }

    /// Log records that the supervisor may never get to know.
    var droppedRecords: Int { channel.droppedRecords + ring.droppedRecords }

    /// Sends what has no number. A channel that has ended or is full loses it: the supervisor's death rule covers both.
    func send(_ message: some IPCMessage) {
        if !isOver { try? channel.send(message) }
    }

    func flush() { channel.flush() }

    /// Reports an exchange, and keeps the report until it is acknowledged; without bodies, which may be lost.
    func end(_ end: consuming ExchangeEnd) {
        end.number = nextNumber()
        send(end)
        if let record = end.record, record.head.hasBodies { end.record = record.withoutBodies }
        ring.keep(end)
    }

    func receive(_ ack: Ack) { ring.acknowledge(through: ack.through) }

    /// Reports the supervisor has not dealt with yet.
    var unacknowledged: [ExchangeEnd] { ring.unacknowledged }

    /// Names a connection that is over; all of a turn go in one message.
    func close(_ connection: ConnectionID) {
        closed.append(connection)
        guard closed.count == 1 else { return }
        EventLoop.atEndOfTurn { [self] in flushClosed() }
    }

    /// - Returns: false if the channel does not take it; the parcel has been closed then.
    func giveBack(_ returned: Returned, _ socket: DescriptorParcel) -> Bool {
        var returned = returned
        returned.number = nextNumber()
        do {
            try channel.send(returned, descriptors: socket)
            return true
        } catch {
            return false
        }
    }

    func flushClosed() {
        guard !closed.isEmpty else { return }
        let connections = closed
        closed = []
        send(Closed(number: nextNumber(), connections: connections))
    }

    private func resumeWaiters() {
        let resumed = waiters
        waiters = []
        for waiter in resumed { waiter.resume() }
    }

    private func nextNumber() -> UInt64 {
        number += 1
        return number
    }
}
