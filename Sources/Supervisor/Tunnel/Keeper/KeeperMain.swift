import Glibc
import IPC
import Platform

/// The supervisor's program in its other role: `antigravity-supervisor --tunnel-keeper`, started by the supervisor alone, with the
/// channel as descriptor 3.
enum KeeperMain {
    static let argument = "--tunnel-keeper"
    static let channelDescriptor: CInt = 3

    /// - Returns: the exit status, once the channel has ended and cloudflared with it.
    static func run() -> Int32 {
        SignalWatch.ignore([SIGPIPE, SIGTERM, SIGINT, SIGHUP])
        umask(0o077)
        let level = getenv("ANTIGRAVITY_LOG_LEVEL").flatMap { LogLevel(name: String(cString: $0)) }
        Log.configure(level: level ?? .info, role: "tunnel-keeper")
        do throws(IPCError) {
            let keeper = try TunnelKeeper(channel: FileDescriptor(owning: channelDescriptor))
            withExtendedLifetime(keeper) { EventLoop.run() }
            return ExitCode.done
        } catch {
            Log.error(
                "keeper-start", "descriptor 3 is no channel; the supervisor starts the keeper", ["error": "\(error)"])
            return ExitCode.usage
        }
    }
}
