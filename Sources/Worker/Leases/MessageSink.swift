import IPC

/// Where messages to the supervisor go.
protocol MessageSink: AnyObject {
    func send(_ message: some IPCMessage)
    /// Puts what was sent into the channel now and not at the end of the turn, for what must be there before something else
    /// happens.
    func flush()
}
