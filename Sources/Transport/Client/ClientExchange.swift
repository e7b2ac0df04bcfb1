import CCurl

/// One request on its way and its answer: a reader with back-pressure in front of a libcurl transfer.
///
/// libcurl's callbacks only store bytes and resume the one waiter; whatever follows runs later as a job of the loop, so
/// libcurl is never entered from its own callback. One task reads an exchange.
@MainActor public final class ClientExchange {
    private enum State {
        case running
        /// Complete, or failed with the error; what has been received before it can still be read.
        case ended(ClientError?)
    }

    private var state = State.running
    private var received: [UInt8] = []
    private var answer: ClientResponseHead?
    private var isPaused = false
    private var waiter: UnsafeContinuation<Void, Never>?
    /// Goes back to the pool with this exchange, so that the answer's fields can be read until then.
    let handle: CurlHandle
    private let client: HTTPClient
    private let unreadMaxBytes: Int
    private let canPause: Bool

    init(handle: CurlHandle, client: HTTPClient) {
        self.handle = handle
        self.client = client
        canPause = !client.options.http2
        unreadMaxBytes = canPause ? client.options.unreadMaxBytes : ClientOptions.http2UnreadMaxBytes
    }

    isolated deinit { client.recycle(handle) }

    /// Status and content type; waits for the first byte of the body, or for the end of an answer without one.
    public func head() async throws(ClientError) -> ClientResponseHead {
        while true {
            if let answer { return answer }
            if case .ended(let error) = state { throw error ?? .reset }
            await wait()
        }
    }

    /// Appends what has come to `bytes`, waiting if nothing has.
    ///
    /// - Returns: false at the clean end of the answer, with nothing appended.
    /// - Throws: the error that ended the transfer, after every byte before it has been handed out.
    public func read(into bytes: inout [UInt8]) async throws(ClientError) -> Bool {
        while received.isEmpty {
            if case .ended(let error) = state {
                if let error { throw error }
                return false
            }
            await wait()
        }
        if bytes.isEmpty {
            swap(&bytes, &received)
            received.removeAll(keepingCapacity: true)
        } else {
            bytes.append(contentsOf: received)
            received.removeAll(keepingCapacity: true)
        }
        resumeIfPaused()
        return true
    }

    /// The rest of the body, at most `sizeMaxBytes` of it.
    ///
    /// - Throws: `.tooLarge` above the bound; the transfer is cancelled then.
    public func collect(sizeMaxBytes: Int) async throws(ClientError) -> [UInt8] {
        var body: [UInt8] = []
        while try await read(into: &body) {
            guard body.count <= sizeMaxBytes else {
                cancel()
                throw .tooLarge
            }
        }
        return body
    }

    /// A field of the answer (the last of that name); nil before the head has come.
    public func field(_ name: String) -> String? {
        handle.field(name)
    }

    /// Ends the transfer now and drops what is unread; a waiting reader gets `.cancelled`. Harmless after the end.
    public func cancel() {
        guard case .running = state else { return }
        received = []
        client.remove(self)
        end(.cancelled)
    }

    /// Called by the client when the transfer is over, and by `cancel`.
    func end(_ error: ClientError?) {
        guard case .running = state else { return }
        if error == nil || answer != nil { noteHead() }
        state = .ended(error)
        resumeWaiter()
    }

    /// libcurl's write callback: keeps the bytes, or asks for a pause while the reader is behind.
    func take(_ bytes: UnsafeRawBufferPointer) -> Int {
        noteHead()
        guard received.count < unreadMaxBytes else {
            guard canPause else { return 0 }
            isPaused = true
            return Int(CURL_WRITEFUNC_PAUSE)
        }
        received.append(contentsOf: bytes)
        resumeWaiter()
        return bytes.count
    }

    private func noteHead() {
        guard answer == nil else { return }
        answer = handle.responseHead()
        handle.dropSentBody()
    }

    /// `curl_easy_pause` may call the write callback before it returns, so the buffer has been emptied before this.
    private func resumeIfPaused() {
        guard isPaused, case .running = state else { return }
        isPaused = false
        curl_easy_pause(handle.easy, CURLPAUSE_CONT)
    }

    private func wait() async {
        precondition(waiter == nil, "one task reads an exchange")
        await withUnsafeContinuation { waiter = $0 }
    }

    private func resumeWaiter() {
        if let waiter {
            self.waiter = nil
            waiter.resume()
        }
    }
}
