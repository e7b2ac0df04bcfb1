import Glibc
import Platform

/// The supervisor process: what its command line asks for, then the gateway on the event loop.
@main struct SupervisorMain {
    static func main() {
        EventLoop.install()
        let words = CommandLine.arguments
        switch ProgramCall(Array(words.dropFirst()), name: words.first ?? "") {
        case .help: print(SettingsReference.help, terminator: "")
        case .version: print("antigravity-supervisor \(ProductVersion.text)")
        case .configurationReference: print(SettingsReference.markdown, terminator: "")
        case .command(let words): exit(OperatorCommand.run(words, environment: ProcessEnvironment.all()))
        case .tunnelKeeper: exit(KeeperMain.run())
        case .unknown(let word): fail("unknown argument \(word); see --help", ExitCode.usage)
        case .serve: serve()
        }
    }

    private static func serve() {
        SignalWatch.block(Gateway.signals)
        // A file that may not grow is for SQLite to report, not the end of the process.
        SignalWatch.ignore([SIGPIPE, SIGXFSZ])
        umask(0o077)
        let environment = ProcessEnvironment.all()
        let settings: Settings
        do throws(SettingsError) {
            settings = try Settings.load(environment: environment)
        } catch {
            fail("\(error)", ExitCode.configuration)
        }
        Log.configure(level: LogLevel(name: settings.logLevel) ?? .info, role: "supervisor")
        let gateway = Gateway(settings, environment: environment)
        Task { await gateway.run() }
        EventLoop.run()
        exit(gateway.exitCode)
    }

    private static func fail(_ message: String, _ code: Int32) -> Never {
        let line = Array("antigravity-supervisor: \(message)\n".utf8)
        _ = write(2, line, line.count)
        exit(code)
    }
}
