import IPC

/// Where messages to the supervisor go.
protocol MessageSink: AnyObject {
    func send(_ message: some IPCMessage)
}
