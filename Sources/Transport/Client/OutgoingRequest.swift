import HTTP

/// A request as it goes onto a connection. Kept until the first byte of its answer, because a kept connection may turn out to be
/// dead: whole, or without a body that is made anew in that case.
@MainActor struct OutgoingRequest {
    /// Bodies up to this size are copied behind the head, so that both leave in one write and one TLS record.
    static let bodyCopiedMaxBytes = 8 * 1024

    let opening: RequestOpening
    let connectTimeout: Duration
    /// The head, and a small body.
    private let head: [UInt8]
    /// A body that is not in `head`; empty once it was given back.
    private var body: [UInt8]
    private let fields: FieldLines
    private let remakeBody: (@MainActor () -> [UInt8]?)?
    /// Bytes of head and body.
    let count: Int

    var url: HTTPURL { opening.url }

    init(_ request: ClientRequest, opening: RequestOpening) {
        self.opening = opening
        connectTimeout = request.connectTimeout
        fields = request.fields
        remakeBody = request.remakeBody
        let bodySize = opening.takesBody ? request.body.count : nil
        let copied = bodySize.map { $0 <= Self.bodyCopiedMaxBytes } ?? false
        var head: [UInt8] = []
        head.reserveCapacity(opening.headSizeMaxBytes(fields: request.fields) + (copied ? request.body.count : 0))
        opening.appendHead(fields: request.fields, bodySizeBytes: bodySize, into: &head)
        if copied { head.append(contentsOf: request.body) }
        self.head = head
        body = bodySize != nil && !copied ? request.body : []
        count = head.count + body.count
    }

    /// All of it has been sent: a body that can be made anew is let go.
    mutating func giveBodyBack() {
        if remakeBody != nil { body = [] }
    }

    /// The request for a second sending; nil if its body cannot be made.
    func again() -> OutgoingRequest? {
        guard let remakeBody else { return self }
        guard let body = remakeBody() else { return nil }
        return OutgoingRequest(
            ClientRequest(
                opening, fields: fields, body: body, remakeBody: remakeBody, connectTimeout: connectTimeout),
            opening: opening)
    }

    /// What is left after the first `sent` bytes, in at most two pieces.
    func withRest<R>(after sent: Int, _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> R) -> R {
        head.withUnsafeBytes { first in
            self.body.withUnsafeBytes { second in
                body(
                    UnsafeRawBufferPointer(rebasing: first[min(sent, first.count)...]),
                    UnsafeRawBufferPointer(rebasing: second[max(0, sent - first.count)...]))
            }
        }
    }
}
