import CCurl
import Platform

/// libcurl's sockets and its one timer on the event loop.
///
/// libcurl takes a socket out and puts it in again for each transfer on a kept connection. Obeying that costs two
/// `epoll_ctl` calls a request, so a socket it takes out is only parked here: it stays registered with the same interest,
/// and leaves when something happens on it, or when libcurl closes it.
@MainActor final class CurlSockets {
    private final class Socket {
        let watch: DescriptorWatch
        var interest: Readiness
        var isParked = false

        init(watch: DescriptorWatch, interest: Readiness) {
            self.watch = watch
            self.interest = interest
        }
    }

    private let multi: UnsafeMutableRawPointer
    private var sockets: [CInt: Socket] = [:]
    private var timer: LoopTimer?
    /// The socket that the next call of libcurl's close callback leaves open.
    private var kept: CInt?
    /// Called after libcurl has worked: transfers may have ended.
    var onProgress: @MainActor () -> Void = {}

    init(multi: UnsafeMutableRawPointer) {
        self.multi = multi
        timer = LoopTimer { [unowned self] in act() }
        let me = Unmanaged.passUnretained(self).toOpaque()
        curl_multi_set_pointer(multi, CURLMOPT_SOCKETDATA, me)
        curl_multi_set_pointer(multi, CURLMOPT_TIMERDATA, me)
        curl_multi_set_socket_function(multi) { _, socket, what, context, _ in
            CurlSockets.with(context) { $0.libcurlWants(what, on: socket) }
            return 0
        }
        curl_multi_set_timer_function(multi) { _, milliseconds, context in
            CurlSockets.with(context) { $0.libcurlWantsTimer(milliseconds) }
            return 0
        }
    }

    /// Sockets of this handle are closed through here, so that none is closed while it is registered.
    func attach(to easy: UnsafeMutableRawPointer) {
        curl_set_pointer(easy, CURLOPT_CLOSESOCKETDATA, Unmanaged.passUnretained(self).toOpaque())
        curl_set_close_function(easy) { context, socket in
            CurlSockets.with(context) { $0.close(socket) }
            return 0
        }
    }

    /// Runs `close`, in which libcurl closes `socket`, and keeps it open.
    /// - Returns: the socket, ours now; nil if libcurl did not close it.
    func keep(_ socket: CInt, whenClosedBy close: () -> Void) -> FileDescriptor? {
        kept = socket
        close()
        let wasClosed = kept == nil
        kept = nil
        return wasClosed ? FileDescriptor(owning: socket) : nil
    }

    /// Lets libcurl do what is due: timers, new transfers.
    func act() { act(on: CURL_SOCKET_TIMEOUT, events: 0) }

    private func act(on socket: CInt, events: Int32) {
        var running: Int32 = 0
        curl_multi_socket_action(multi, socket, events, &running)
        onProgress()
    }

    private func becameReady(_ readiness: Readiness, _ socket: CInt) {
        guard let known = sockets[socket] else { return }
        guard !known.isParked else { return forget(socket) }
        var events: Int32 = 0
        if readiness.contains(.readable) || readiness.contains(.peerClosed) { events |= CURL_CSELECT_IN }
        if readiness.contains(.writable) { events |= CURL_CSELECT_OUT }
        if readiness.contains(.error) || readiness.contains(.hangup) { events |= CURL_CSELECT_ERR | CURL_CSELECT_IN }
        act(on: socket, events: events)
    }

    private func libcurlWants(_ what: Int32, on socket: CInt) {
        guard what != CURL_POLL_REMOVE else {
            sockets[socket]?.isParked = true
            return
        }
        var interest: Readiness = []
        if what & CURL_POLL_IN != 0 { interest.insert(.readable) }
        if what & CURL_POLL_OUT != 0 { interest.insert(.writable) }
        do throws(SystemError) {
            if let known = sockets[socket] {
                known.isParked = false
                if known.interest != interest { try known.watch.update(interest: interest) }
                known.interest = interest
            } else {
                let watch = try DescriptorWatch(socket, interest: interest, mode: .level) { [unowned self] readiness in
                    becameReady(readiness, socket)
                }
                sockets[socket] = Socket(watch: watch, interest: interest)
            }
        } catch {
            // epoll has no room: the transfer hears nothing more, and the caller's deadline ends it.
            Log.error("upstream_socket", "cannot watch an upstream socket", ["error": error])
        }
    }

    private func libcurlWantsTimer(_ milliseconds: Int) {
        if milliseconds < 0 { timer?.cancel() } else { timer?.set(after: .milliseconds(milliseconds)) }
    }

    private func close(_ socket: CInt) {
        forget(socket)
        if kept == socket { kept = nil } else { _ = FileDescriptor(owning: socket) }
    }

    /// Takes a socket out of the epoll set: it is closed, or somebody else watches it from here on.
    func forget(_ socket: CInt) {
        sockets.removeValue(forKey: socket)?.watch.cancel()
    }

    private nonisolated static func with(
        _ context: UnsafeMutableRawPointer?, _ body: @MainActor (CurlSockets) -> Void
    ) {
        guard let context else { return }
        let me = Unmanaged<CurlSockets>.fromOpaque(context)
        MainActor.assumeIsolated { body(me.takeUnretainedValue()) }
    }
}
