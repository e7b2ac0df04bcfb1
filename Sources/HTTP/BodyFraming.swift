/// How the end of a message's body is known (RFC 9112 section 6).
public enum BodyFraming: Sendable, Equatable {
    /// No body; in an answer that is being written: the body ends with the connection.
    case none
    /// Exactly this many bytes.
    case length(Int)
    /// Chunks, the last of size zero.
    case chunked
}
