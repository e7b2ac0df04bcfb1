import CPlatform
import Glibc

/// Signals as events of the loop (signalfd(2)).
///
/// A signal arrives here only if every thread blocks it, so `block` comes before any thread exists. Children get an empty
/// mask again from `ChildProcess`.
@MainActor public final class SignalWatch {
    private let descriptor: FileDescriptor
    private var watch: DescriptorWatch?
    private let handler: @MainActor (CInt) -> Void

    /// Blocks `signals` in this thread and those it will start.
    nonisolated public static func block(_ signals: [CInt]) {
        var set = sigset(signals)
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// For signals that shall have no effect at all, such as `SIGPIPE`.
    nonisolated public static func ignore(_ signals: [CInt]) {
        for number in signals { _ = signal(number, SIG_IGN) }
    }

    /// Blocks `signals` and reports each.
    public init(_ signals: [CInt], handler: @escaping @MainActor (CInt) -> Void) throws(SystemError) {
        self.handler = handler
        Self.block(signals)
        var set = sigset(signals)
        let raw = signalfd(-1, &set, CInt(SFD_CLOEXEC) | CInt(SFD_NONBLOCK))
        guard raw >= 0 else { throw SystemError("signalfd") }
        descriptor = FileDescriptor(owning: raw)
        watch = try DescriptorWatch(raw, interest: .readable, mode: .level) { [weak self] _ in self?.take() }
    }

    public func cancel() {
        watch?.cancel()
        watch = nil
    }

    private func take() {
        var info = signalfd_siginfo()
        let size = MemoryLayout<signalfd_siginfo>.size
        while watch != nil, read(descriptor.raw, &info, size) == size { handler(CInt(bitPattern: info.ssi_signo)) }
    }
}

private func sigset(_ signals: [CInt]) -> sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    for number in signals { sigaddset(&set, number) }
    return set
}
