/// What was being waited for when the result came. Raw values travel between processes.
public enum CallPhase: UInt8, Sendable, CaseIterable {
    /// A call of the OAuth token endpoint; status 0 means that no answer came.
    case token = 0
    /// An API call that got no response head: name resolution, connect, TLS, reset.
    case connect = 1
    /// An API call that got a status; the body is an error body, or the whole answer.
    case answer = 2
    /// A 200 stream before its first content: the body is the offending part, or what came before the end.
    case stream = 3
    /// After content went to the client.
    case committed = 4
}
