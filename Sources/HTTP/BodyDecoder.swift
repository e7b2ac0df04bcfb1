/// Takes a message's body out of the bytes of its connection and stops behind its last byte.
///
/// What comes out and what is refused depends only on the bytes, never on how they were split.
public struct BodyDecoder: Sendable {
    private var framing: ChunkFraming?
    /// Bytes of the body, or of the current chunk, that are still to come.
    private var remaining: Int
    /// The whole body has come; bytes that follow belong to the next request.
    public private(set) var isComplete: Bool

    public init(framing: BodyFraming, limits: HTTPLimits = HTTPLimits()) {
        switch framing {
        case .none: (remaining, isComplete) = (0, true)
        case .length(let count): (remaining, isComplete) = (count, count == 0)
        case .chunked:
            (remaining, isComplete) = (0, false)
            self.framing = ChunkFraming(limits: limits)
        }
    }

    /// So many of the bytes that come next are the body's and nothing else; 0 where framing stands between them.
    public var plainByteCount: Int { framing == nil ? remaining : 0 }

    /// Bytes of `plainByteCount` that have been taken without `decode`.
    public mutating func noteTaken(_ count: Int) {
        remaining -= count
        isComplete = remaining == 0
    }

    /// Appends what `input` holds of the body to `body`.
    ///
    /// - Returns: how many bytes of `input` were used: all of them unless the body ended.
    public mutating func decode(
        _ input: UnsafeRawBufferPointer, into body: inout [UInt8]
    ) throws(HTTPRefusal) -> Int {
        // Room for all chunks at once; a body that holds something already grows as arrays do.
        if body.isEmpty { body.reserveCapacity(framing == nil ? min(remaining, input.count) : input.count) }
        var at = 0
        while at < input.count, !isComplete {
            if remaining > 0 {
                let count = min(remaining, input.count - at)
                body.append(contentsOf: input.part(at..<at + count))
                remaining -= count
                at += count
                isComplete = remaining == 0 && framing == nil
                continue
            }
            do throws(HTTPRefusal.Reason) {
                switch try framing?.take(input[at]) ?? .end {
                case .more: break
                case .data(let count): remaining = count
                case .end: isComplete = true
                }
            } catch {
                throw HTTPRefusal(error)
            }
            at += 1
        }
        return at
    }
}
