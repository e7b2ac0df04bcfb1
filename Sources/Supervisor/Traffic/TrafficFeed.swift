import JSON
import Platform
import Transport

/// Tells listeners of the traffic log what comes, as server-sent events.
final class TrafficFeed {
    static let listenersMax = 16
    static let heartbeatInterval = Duration.seconds(15)
    static let heartbeat = Array(": heartbeat\n\n".utf8)
    /// What waits for a listener that is behind; above it the oldest is left out.
    static let waitingMax = 256

    private final class Listener {
        var waiting: [[UInt8]] = []
        var waiter: UnsafeContinuation<Void, Never>?
        var isOver = false

        func wake() {
            let resumed = waiter
            waiter = nil
            resumed?.resume()
        }
    }

    private var listeners: [Listener] = []
    private var isOver = false

    /// Somebody listens.
    var isHeard: Bool { !listeners.isEmpty }
    /// Another one may listen.
    var hasRoom: Bool { listeners.count < Self.listenersMax && !isOver }

    func say(_ entry: TrafficEntry) {
        let event = Array("event: log\ndata: ".utf8) + JSONValue.object(entry.json).serialized + Array("\n\n".utf8)
        for listener in listeners {
            if listener.waiting.count == Self.waitingMax { listener.waiting.removeFirst(Self.waitingMax / 4) }
            listener.waiting.append(event)
            listener.wake()
        }
    }

    /// Ends every listening, now and later.
    func end() {
        isOver = true
        for listener in listeners {
            listener.isOver = true
            listener.wake()
        }
    }

    /// Writes events into a streamed answer until the client leaves or all listening ends.
    func serve(_ connection: ServerConnection) async {
        guard hasRoom else { return }
        let listener = Listener()
        listeners.append(listener)
        let timer = LoopTimer { [weak listener] in
            listener?.waiting.append(Self.heartbeat)
            listener?.wake()
        }
        connection.onPeerGone = { [weak listener] in
            listener?.isOver = true
            listener?.wake()
        }
        // The head leaves at once, so that the client knows that it is heard.
        connection.write(Self.heartbeat)
        var isThere = await connection.flush()
        while isThere, !listener.isOver {
            timer.set(after: Self.heartbeatInterval)
            if listener.waiting.isEmpty { await withUnsafeContinuation { listener.waiter = $0 } }
            let events = listener.waiting
            listener.waiting = []
            for event in events { connection.write(event) }
            isThere = await connection.flush()
        }
        timer.cancel()
        connection.onPeerGone = nil
        listeners.removeAll { $0 === listener }
    }
}
