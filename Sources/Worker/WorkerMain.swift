import Glibc
import IPC
import Platform

/// `antigravity-worker`: serves AI requests on connections that the supervisor hands over. Not to be started by hand: its
/// channel is descriptor 3, and it lives until the supervisor drains it or is gone.
@main struct WorkerMain {
    static let channelDescriptor: CInt = 3
    /// EX_USAGE of sysexits(3).
    static let exitUsage: CInt = 64

    static func main() {
        EventLoop.install()
        SignalWatch.ignore([SIGPIPE, SIGTERM, SIGINT])
        Allocator.keepLargeBlocks()
        let place = CommandLine.arguments.dropFirst().first ?? "?"
        let level = getenv("ANTIGRAVITY_LOG_LEVEL").flatMap { LogLevel(name: String(cString: $0)) }
        Log.configure(level: level ?? .info, role: "worker \(place)")
        Confinement.apply()
        do throws(IPCError) {
            let worker = try WorkerProcess(channel: FileDescriptor(owning: channelDescriptor))
            withExtendedLifetime(worker) { EventLoop.run() }
        } catch {
            Log.error(
                "worker-start", "descriptor 3 is no channel; the supervisor starts workers", ["error": "\(error)"])
            exit(exitUsage)
        }
    }
}
