import Platform

/// Tells when the supervisor has ended, by its pidfd: the channel tells nothing while somebody else keeps its other end open.
final class SupervisorWatch {
    private let pidfd: FileDescriptor
    private var watch: DescriptorWatch?

    /// - Parameter onEnd: called once, after what the channel delivered in the same turn.
    init(_ pidfd: consuming FileDescriptor, onEnd: @escaping () -> Void) throws(SystemError) {
        self.pidfd = pidfd
        watch = try DescriptorWatch(self.pidfd.raw, interest: .readable, mode: .level) { [unowned self] _ in
            watch?.cancel()
            watch = nil
            onEnd()
        }
    }
}
