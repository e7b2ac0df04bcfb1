import Glibc
import Platform
import Transport

@main struct SandboxMain {
    nonisolated static func main() {
        EventLoop.install()
        SignalWatch.ignore([SIGPIPE])
        SignalWatch.block([SIGTERM, SIGINT])
        MainActor.assumeIsolated { start(Array(CommandLine.arguments.dropFirst())) }
        EventLoop.run()
    }

    /// Kept for the life of the process.
    private static var listener: Listener?
    private static var signals: SignalWatch?

    private static func start(_ arguments: [String]) {
        do {
            let options = try SandboxOptions(arguments: arguments)
            if options.wantsHelp { return leave(SandboxHelp.text) }
            if options.wantsRules { return leave(SandboxHelp.rules) }
            signals = try SignalWatch([SIGTERM, SIGINT]) { _ in EventLoop.stop() }
            try listen(options)
        } catch let error as SandboxOptions.WrongUsage {
            leave("antigravity-sandbox: \(error.text); --help tells more\n", to: STDERR_FILENO, code: 2)
        } catch {
            leave("antigravity-sandbox: \(error)\n", to: STDERR_FILENO, code: 1)
        }
    }

    private static func listen(_ options: SandboxOptions) throws(SystemError) {
        let service = SandboxService(paceMilliseconds: options.paceMilliseconds)
        let listener = try Listener(bindingTCP: options.host, port: options.port)
        var limits = ServerLimits()
        limits.requestsPerConnectionMax = .max
        try listener.start { [limits] socket, peer in
            let connection = ServerConnection(socket, peer: peer, limits: limits)
            Task { await service.serve(connection) }
        }
        Self.listener = listener
        let host = options.host.contains(":") ? "[\(options.host)]" : options.host
        print("antigravity-sandbox listening on http://\(host):\(listener.port)")
        // Whoever started us reads this line from a pipe.
        fflush(nil)
    }

    private static func leave(_ text: String, to descriptor: CInt = STDOUT_FILENO, code: CInt = 0) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { break }
            bytes = bytes.dropFirst(count)
        }
        exit(code)
    }
}
