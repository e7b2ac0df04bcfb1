import HTTP

/// Why a request's body could not be had. The connection closes after the answer, if there is still somebody to answer.
public enum BodyError: Error, Sendable, Equatable {
    /// Longer than the caller takes (413).
    case tooLarge
    /// Its framing is wrong.
    case refused(HTTPRefusal)
    /// Nothing came for `ServerLimits.bodyStall`, or it may take no more time (408).
    case stalled
    case peerGone
}
