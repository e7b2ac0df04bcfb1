import Glibc
import IPC
import Platform

/// Stands as the worker of a real supervisor (`ANTIGRAVITY_WORKER`), on its channel, and measures how long a lease takes from
/// the asking to the answer. It takes no connection and sends nothing upstream.
///
/// Prints one line for each measurement to the standard error, which is the supervisor's: name, then microseconds.
@main struct LeaseBenchmark {
    static let channelDescriptor: CInt = 3

    static func main() throws {
        EventLoop.install()
        SignalWatch.ignore([SIGPIPE, SIGTERM, SIGINT])
        let rounds = try LeaseRounds(channel: FileDescriptor(owning: channelDescriptor))
        withExtendedLifetime(rounds) { EventLoop.run() }
    }
}
