public import HTTP

/// One request on its way and its answer: a reader with back-pressure in front of whatever carries the bytes.
///
/// Carriers work outside any task: they store bytes and resume the one waiter; whatever follows runs later as a job of the
/// loop. One task reads an exchange.
@MainActor public final class ClientExchange {
    private enum State {
        case running
        /// Complete, or failed with the error; what has been received before it can still be read.
        case ended(ClientError?)
    }

    private var state = State.running
    private var waiter: UnsafeContinuation<Void, Never>?
    /// Body bytes that nobody has read yet. Carriers append, and call `progressed`.
    var received: [UInt8] = []
    private(set) var answer: ResponseHead?
    /// nil before a connection has been chosen and after the end.
    var carrier: (any ExchangeCarrier)?
    /// Its place in the client's list of open exchanges.
    var place = 0
    private let client: HTTPClient

    init(client: HTTPClient) { self.client = client }

    /// Says outright that nothing here needs the loop to be freed: one is freed per request.
    nonisolated deinit {}

    /// Waits for status and fields of the answer.
    public func head() async throws(ClientError) -> ResponseHead {
        while !isHeadAtHand { await wait() }
        return try takeHead()
    }

    /// Whether `takeHead` has something to say.
    public var isHeadAtHand: Bool { answer != nil || hasEnded }

    /// The head without waiting, once it `isHeadAtHand`.
    public func takeHead() throws(ClientError) -> ResponseHead {
        if let answer { return answer }
        guard case .ended(let error) = state else { preconditionFailure("a head is waited for before it is taken") }
        throw error ?? .reset
    }

    /// Appends what has come to `bytes`, waiting if nothing has.
    ///
    /// - Returns: false at the clean end of the answer, with nothing appended.
    /// - Throws: the error that ended the transfer, after every byte before it has been handed out.
    public func read(into bytes: inout [UInt8]) async throws(ClientError) -> Bool {
        while !isReadable { await wait() }
        return try take(into: &bytes)
    }

    /// Whether `take` has something to say.
    public var isReadable: Bool { !received.isEmpty || hasEnded }

    /// `read` without waiting, once it `isReadable`.
    public func take(into bytes: inout [UInt8]) throws(ClientError) -> Bool {
        guard !received.isEmpty else {
            guard case .ended(let error) = state else {
                preconditionFailure("bytes are waited for before they are taken")
            }
            if let error { throw error }
            return false
        }
        if bytes.isEmpty {
            swap(&bytes, &received)
            received.removeAll(keepingCapacity: true)
        } else {
            bytes.append(contentsOf: received)
            received.removeAll(keepingCapacity: true)
        }
        carrier?.resumeReading()
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

    /// The first field of that name in the answer; nil before the head has come.
    public func field(_ name: StaticString) -> String? { answer?.fields[name] }

    /// Ends the transfer now and drops what is unread; a waiting reader gets `.cancelled`. Harmless after the end.
    public func cancel() {
        guard case .running = state else { return }
        received = []
        let carrier = carrier
        end(.cancelled)
        carrier?.abandon()
    }

    // MARK: The carrier's side

    var hasBegun: Bool { answer != nil }

    func begin(_ head: ResponseHead) {
        answer = head
        resumeWaiter()
    }

    /// Something was appended to `received`.
    func progressed() { resumeWaiter() }

    /// The transfer is over; nothing follows.
    func end(_ error: ClientError?) {
        guard case .running = state else { return }
        state = .ended(error)
        carrier = nil
        client.forget(self)
        resumeWaiter()
    }

    private var hasEnded: Bool {
        if case .ended = state { true } else { false }
    }

    /// Waits for news of the answer: its head, more of its body, or its end.
    public func wait() async {
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

/// What brings an exchange's bytes: a connection of ours, the attempt to make one, or a libcurl transfer.
@MainActor protocol ExchangeCarrier: AnyObject {
    /// The reader has taken what was there: goes on if it had stopped because of that.
    func resumeReading()
    /// The exchange is over before its end; nobody wants the rest.
    func abandon()
}
