import Glibc
import IPC
import Platform
import Testing

@testable import Supervisor

/// Stands for a worker process: holds the other end of the channel, notes what it is told, says what a test wants said.
@MainActor final class FakeWorker {
    let child: Child
    private(set) var handoffs: [(message: Handoff, socket: CInt)] = []
    private(set) var snapshots: [Snapshot] = []
    private(set) var drains: [Drain] = []
    private(set) var denies: [LeaseDeny] = []
    private(set) var acknowledged: UInt64 = 0
    private(set) var ledger: Ledger?
    private(set) var place: UInt32?
    private(set) var softMemoryLimitBytes: UInt64?
    private var channel: Channel?
    private var number: UInt64 = 0

    @MainActor final class Child: WorkerChild {
        let pid: Int32
        var onExit: (@MainActor (Platform.ExitStatus) -> Void)?
        var onKill: (() -> Void)?

        init(pid: Int32) { self.pid = pid }
        func kill(_ signal: CInt) { onKill?() }
    }

    init(pid: Int32, socket: consuming FileDescriptor) throws {
        child = Child(pid: pid)
        channel = try Channel(socket, onMessage: { [unowned self] in receive($0) }, onEnd: {})
        child.onKill = { [unowned self] in die() }
    }

    func ready() { say(Ready(pid: UInt32(child.pid), confinementLevel: 0, version: "test")) }

    func say(_ message: some IPCMessage, _ descriptors: DescriptorParcel? = nil) {
        do { try channel?.send(message, descriptors: descriptors) } catch { Issue.record("\(error)") }
    }

    /// Gives a connection back, with whatever was read of its next request.
    func giveBack(_ index: Int, consumed: UInt64, written: UInt64, received: [UInt8] = []) {
        number += 1
        let parcel = DescriptorParcel(FileDescriptor(owning: handoffs[index].socket))
        say(
            Returned(
                number: number, connection: handoffs[index].message.connection, reason: .drain,
                consumedBefore: consumed, written: written, received: received),
            parcel)
    }

    func close(_ index: Int) {
        number += 1
        _ = Glibc.close(handoffs[index].socket)
        say(Closed(number: number, connections: [handoffs[index].message.connection]))
    }

    func slot(_ index: Int) throws -> LedgerCursor {
        try #require(ledger)[Int(handoffs[index].message.connection.slot)]
    }

    /// Ends like a process that was killed: nothing more is said, every descriptor closes.
    func die() {
        channel?.close()
        channel = nil
        for handoff in handoffs { _ = Glibc.close(handoff.socket) }
        let onExit = child.onExit
        child.onExit = nil
        onExit?(Platform.ExitStatus.signaled(SIGKILL))
    }

    private func receive(_ message: IncomingMessage) {
        do {
            switch message.kind {
            case .hello:
                let hello = try message.decode(Hello.self)
                place = hello.place
                softMemoryLimitBytes = hello.softMemoryLimitBytes
                if let memory = message.takeDescriptor() {
                    ledger = try Ledger.adopt(memory, slots: Int(hello.ledgerSlots))
                }
            case .snapshot: snapshots.append(try message.decode())
            case .handoff:
                guard let socket = message.takeDescriptor() else {
                    Issue.record("a handoff without a socket")
                    return
                }
                handoffs.append((try message.decode(), socket.release()))
            case .drain: drains.append(try message.decode())
            case .leaseDeny: denies.append(try message.decode())
            case .ack: acknowledged = try message.decode(Ack.self).through
            default: _ = Issue.record("unexpected \(message.kind)")
            }
        } catch {
            Issue.record("\(error)")
        }
    }
}
