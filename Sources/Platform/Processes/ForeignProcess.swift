import CPlatform
import Glibc

/// A process that is no child of ours, known by its pidfd: it can be signalled and its end be noticed, but not how it ended.
@MainActor public final class ForeignProcess {
    private let pidfd: FileDescriptor
    private var watch: DescriptorWatch?

    public init(_ pidfd: consuming FileDescriptor) { self.pidfd = pidfd }

    /// Sends a signal. Does nothing once the process has ended.
    public func kill(_ signal: CInt) { _ = platform_pidfd_send_signal(pidfd.raw, signal) }

    /// Calls `action` once, when the process has ended; at the next turn if it has already.
    public func whenEnded(_ action: @escaping @MainActor () -> Void) throws(SystemError) {
        watch = try DescriptorWatch(pidfd.raw, interest: .readable, mode: .level) { [unowned self] _ in
            watch?.cancel()
            watch = nil
            action()
        }
    }
}
