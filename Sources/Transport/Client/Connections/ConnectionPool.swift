import HTTP
import Platform

/// The idle connections of a client. The one used last is used next, so that those a burst has left over grow old and go.
@MainActor final class ConnectionPool {
    /// The oldest is closed above it.
    var idleMax = 256
    /// In the order in which they became idle.
    private var idle: [OriginConnection] = []
    private var timer: LoopTimer?
    private static let ageMax = UInt64(ClientOptions.idleConnectionMaxSeconds) * 1_000_000_000

    var count: Int { idle.count }

    /// A connection to the server of `url`; the caller's from here on.
    func take(_ url: HTTPURL) -> OriginConnection? {
        var index = idle.count
        while index > 0 {
            index -= 1
            guard idle[index].url.isSecure == url.isSecure, idle[index].url.authority == url.authority else { continue }
            return idle.remove(at: index)
        }
        return nil
    }

    func put(_ connection: OriginConnection) {
        connection.idleSince = EventLoop.now.nanoseconds
        idle.append(connection)
        if idle.count > idleMax { idle.removeFirst().close() }
        if timer == nil { timer = LoopTimer { [unowned self] in closeOld() } }
        if timer?.isSet == false { setTimer() }
    }

    /// An idle connection is over.
    func remove(_ connection: OriginConnection) {
        if let index = idle.lastIndex(where: { $0 === connection }) { idle.remove(at: index) }
    }

    func closeAll() {
        timer?.cancel()
        let all = idle
        idle = []
        for connection in all { connection.close() }
    }

    private func closeOld() {
        let now = EventLoop.now.nanoseconds
        while let oldest = idle.first, oldest.idleSince + Self.ageMax <= now { idle.removeFirst().close() }
        setTimer()
    }

    private func setTimer() {
        guard let oldest = idle.first else { return }
        let now = EventLoop.now.nanoseconds
        timer?.set(afterNanoseconds: max(oldest.idleSince + Self.ageMax, now) - now)
    }
}
