import Platform

/// Asks a running cloudflared how it is: often until everything is known, then now and then.
final class TunnelWatch {
    static let often = Duration.milliseconds(250)
    static let seldom = Duration.seconds(5)

    private let port: () -> UInt16?
    private let found: (Int?, String?) -> Void
    private let probe = CloudflaredProbe()
    private var timer: LoopTimer?
    private var isWanted = false
    private var isAsking = false

    /// - Parameters:
    ///   - port: where cloudflared tells of itself; nil while none runs.
    ///   - found: its connections with Cloudflare, nil if it does not answer, and the name it has been given, if it has one.
    init(port: @escaping () -> UInt16?, found: @escaping (Int?, String?) -> Void) {
        self.port = port
        self.found = found
        timer = LoopTimer { [unowned self] in ask() }
    }

    func start(isSettled: Bool) {
        isWanted = true
        if !isAsking { timer?.set(after: isSettled ? Self.seldom : Self.often) }
    }

    func stop() {
        isWanted = false
        timer?.cancel()
        probe.shutdown()
    }

    private func ask() {
        guard let port = port() else { return start(isSettled: false) }
        isAsking = true
        Task { [self] in
            let connections = await probe.connections(port: port)
            let hostname = await probe.hostname(port: port)
            isAsking = false
            // Another process meanwhile, or none.
            guard isWanted else { return }
            guard self.port() == port else { return start(isSettled: false) }
            found(connections, hostname)
        }
    }
}
