import Platform

/// The listening sockets of the front door: opened, rested, emptied and closed together.
final class ListenerGroup {
    private var listeners: [Listener] = []

    func open(
        _ listeners: [Listener], _ onAccept: @escaping @MainActor (consuming FileDescriptor, PeerAddress) -> Void
    ) throws(SystemError) {
        self.listeners = listeners
        for listener in listeners { try listener.start(onAccept) }
    }

    /// Leaves new connections in the kernel's queue.
    func pause() {
        for listener in listeners { listener.pause() }
    }

    func resume() {
        for listener in listeners { listener.resume() }
    }

    /// Takes everybody whom the kernel has let in, however many they are, because closing a listener resets what is in its queue.
    /// New ones hear nothing, so that the queue ends; handshakes that have begun go on until `close`.
    func empty() {
        do {
            for listener in listeners {
                try listener.turnAwayNewcomers()
                listener.acceptAll()
                listener.resume()
            }
        } catch {
            // Such a queue cannot be emptied for good, only at this moment.
            Log.warning("queue-open", "connections that begin now may be reset", ["reason": "\(error)"])
            close()
        }
    }

    /// Takes what is left in the queues and closes the sockets: whoever connects now is refused at once.
    func close() {
        for listener in listeners {
            listener.acceptAll()
            listener.stop()
        }
        // Closed with their last owner.
        listeners = []
    }
}
