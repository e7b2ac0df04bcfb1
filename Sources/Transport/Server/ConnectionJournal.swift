/// Is told what a connection is about to do, before the system call that makes it true, so that the facts survive the death
/// of this process. Numbers are totals since the connection was accepted, in whatever process.
@MainActor public protocol ConnectionJournal: AnyObject {
    /// All answers are out (once `written` bytes are), and no byte beyond `consumed` has been read.
    func idle(consumed: UInt64, written: UInt64)
    /// A request begins behind `consumed`; its answer will begin behind `written`. Called again with a greater `written`
    /// before `100 Continue` is sent, which counts as nothing.
    func began(consumed: UInt64, written: UInt64)
    /// Bytes of the answer are about to leave.
    /// - Parameters:
    ///   - complete: up to here the connection is known to end behind a whole event, or behind the head's start.
    ///   - boundary: total when everything queued is out, which is again behind a whole event.
    ///   - isLast: the answer is complete with it.
    func willWrite(complete: UInt64, boundary: UInt64, isLast: Bool)
}
