import APIErrors
import Digest
import HTTP
import IPC
import Platform

/// A client connection that a worker serves, or that waits for one: the duplicate of its descriptor, and what is needed
/// to give the request to another worker or to answer it if the worker dies.
final class HandedConnection {
    /// Number of the duplicate, for the kernel's counters and for lending it to a message.
    let raw: CInt
    private var socket: FileDescriptor?
    /// The dialect family of the request it was handed over with; a later request's stands in the ledger.
    let family: DialectFamily
    /// As it was handed over; `received` is empty once the worker has left the phase `reading`.
    private(set) var record: ConnectionRecord
    /// When the request was taken in; the wait for a worker counts from here.
    let since = MonotonicInstant.now
    /// How many workers had this request and died; a request is given to a second worker, never to a third.
    let handedBefore: Int
    /// Digest of `received`, known when it was looked for among the refused ones.
    var readingDigest: [UInt8]?
    /// Where the worker finds it in its ledger; nil while it waits.
    var id: ConnectionID?

    init(_ socket: consuming FileDescriptor, _ record: ConnectionRecord, family: DialectFamily, handedBefore: Int = 0) {
        raw = socket.raw
        self.socket = consume socket
        self.record = record
        self.family = family
        self.handedBefore = handedBefore
    }

    /// The same request once more, after the worker that had it died without beginning it. This one is used up.
    func retried() -> HandedConnection? {
        guard let socket = takeSocket() else { return nil }
        let again = HandedConnection(socket, record, family: family, handedBefore: handedBefore + 1)
        again.readingDigest = readingDigest
        return again
    }

    /// Gives the duplicate away, for a connection that is no longer a worker's. Nil the second time.
    func takeSocket() -> FileDescriptor? {
        socket.take()
    }

    /// Tells the request apart for as long as its bytes are kept and are all of it. A head alone tells nothing: every
    /// request of a client may have the same.
    func digestOfReceived() -> [UInt8]? {
        holdsWholeRequest ? readingDigest ?? BodyDigest.of(record.received) : nil
    }

    private var holdsWholeRequest: Bool {
        var parser = RequestHeadParser()
        // It was parsed before it was handed over; a refusal cannot come.
        let parsed = record.received.withUnsafeBytes { try? parser.parse($0) }
        guard let (head, byteCount) = parsed else { return false }
        return switch head.framing {
        case .none: true
        case .length(let length): record.received.count - byteCount >= length
        case .chunked: false
        }
    }

    func forgetBytes() {
        record.received = []
    }
}
