import Glibc
import IPC
import Platform

extension KernelCounters {
    /// What the kernel counts on a connection that we hold; nil when it does not tell.
    ///
    /// The client's FIN counts as a byte received (tcp(7), `TCP_INFO`), so whether one came is asked first.
    init?(of raw: CInt) {
        var poll = pollfd(fd: raw, events: Self.peerClosed, revents: 0)
        let hasFacts = Glibc.poll(&poll, 1, 0) >= 0
        guard hasFacts, let facts = TCPFacts.read(raw) else { return nil }
        let isPeerGone = poll.revents & (Self.peerClosed | Int16(POLLHUP) | Int16(POLLERR)) != 0
        self.init(
            written: facts.written, consumed: facts.consumed &- (isPeerGone ? 1 : 0), isPeerGone: isPeerGone)
    }

    /// `POLLRDHUP` of poll(2), which the C library shows to GNU sources only.
    private static let peerClosed: Int16 = 0x2000
}
